/**
 * Starting, reading, following and cancelling runs. In come requests of the REST door and of the {@code Runs} stream; out go
 * commands to the shards, and views made of what the shards answer. Everything that needs payload bytes, a schema or a database
 * is decided here, before the engine is asked.
 */
package dev.millrace.controlplane.runs;
