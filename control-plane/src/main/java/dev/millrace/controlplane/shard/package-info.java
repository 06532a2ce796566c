/**
 * The room of the shards: the owner's loop around the pure core. In come commands through {@link
 * dev.millrace.controlplane.shard.Shards}; out go replies and worker effects, never before the facts they rest on are
 * stored. Inside: the loop, the journal's writer, leases, recovery and the projector.
 */
package dev.millrace.controlplane.shard;
