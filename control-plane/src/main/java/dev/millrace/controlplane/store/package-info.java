/**
 * The database: where it is and how to connect. An embedded PostgreSQL is started here, or an external one is checked; then the
 * migrations run. Out come {@link dev.millrace.controlplane.store.Database}, the data sources {@code owner} (the engine's own
 * reads) and {@code request} (bound by row-level security), and dedicated connections for the writer and the projector.
 */
package dev.millrace.controlplane.store;
