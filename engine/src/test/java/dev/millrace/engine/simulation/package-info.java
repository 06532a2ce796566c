/**
 * Whole clusters in one thread from one seed: instances that own shards by lease, a database, workers, clients, their clocks and
 * the network between them. The shards are the real ones; everything around them is simulated, and goes wrong in every way that it
 * can: processes crash and pause, streams break and messages come late, commits fail or succeed without an answer, clocks drift.
 * After every stored fact the laws are checked; then everything heals, and every run has to end. The seed is the reproduction.
 *
 * <p>The form follows what FoundationDB, TigerBeetle and Accord do: one queue of events ordered by time, randomness in named
 * streams forked from the seed, a hash over the trace.
 */
package dev.millrace.engine.simulation;
