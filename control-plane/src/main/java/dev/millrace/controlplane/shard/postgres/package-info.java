/**
 * The engine's journal and snapshots on PostgreSQL. {@link dev.millrace.controlplane.shard.postgres.PostgresJournal} stores the
 * batches of several shards by one statement that is fenced by their epochs; {@link
 * dev.millrace.controlplane.shard.postgres.PostgresSnapshots} writes images and analytics rows in bulk, together with its position.
 * What the bytes mean is {@code protocol/…/journal.proto}.
 */
package dev.millrace.controlplane.shard.postgres;
