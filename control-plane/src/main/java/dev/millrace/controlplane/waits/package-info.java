/**
 * What steps wait for, from outside: signals to single runs, events, answers of people. In come requests, published events and what the
 * shards say that runs wait for; out go commands to the shards. Nothing is acknowledged before it is stored.
 */
package dev.millrace.controlplane.waits;
