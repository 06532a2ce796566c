/**
 * Instants at which something is to happen. In: {@link dev.millrace.engine.timer.Timer}s with a due instant; out: those that
 * are due, in order. Setting and cancelling cost the same whatever the number of timers, because nearly every timer of a
 * shard is cancelled long before it is due. Internal to the engine.
 */
package dev.millrace.engine.timer;
