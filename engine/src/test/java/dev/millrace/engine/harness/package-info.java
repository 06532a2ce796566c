/**
 * The engine on a table: a shard over the in-memory journal, a clock that tests turn, workers whose steps are lambdas, and a
 * crash at any point. One thread, no waiting: everything has happened when a method returns.
 */
package dev.millrace.engine.harness;
