package dev.millrace.engine;

import java.time.Instant;

/**
 * A worker of a tenant as it stands.
 *
 * @param connected since when its stream is open; {@link Instant#MIN} while it is away and its attempts wait for it
 * @param slotsTaken by attempts that it has
 * @param draining whether it takes no more: it said so itself, or was told to leave
 * @param paused whether people want it to get no more
 */
public record WorkerStatus(WorkerInfo info, Instant connected, int slotsTaken, boolean draining, boolean paused) {}
