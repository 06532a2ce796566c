/**
 * The {@code Worker} door: one bidirectional stream per worker process. In come frames of workers, which become commands; out go
 * the effects of the shard on the worker's session, as frames. Every completion is checked here, and acknowledged only when the
 * shard says that it is stored. The expressions of steps are evaluated here too, because the shard has no values.
 */
package dev.millrace.controlplane.dispatch;
