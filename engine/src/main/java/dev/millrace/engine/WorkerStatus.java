package dev.millrace.engine;

import java.time.Instant;
import java.util.Map;

/**
 * A worker of a tenant as it stands.
 *
 * @param connected since when its stream is open; {@link Instant#MIN} while it is away and its attempts wait for it
 * @param slotsTaken by attempts that it has, of those without a kind
 * @param kindsTaken the same of each kind that has a name
 * @param draining whether it takes no more: it said so itself, or was told to leave
 * @param paused whether people want it to get no more
 */
public record WorkerStatus(
        WorkerInfo info,
        Instant connected,
        int slotsTaken,
        Map<String, Integer> kindsTaken,
        boolean draining,
        boolean paused) {
    public WorkerStatus {
        kindsTaken = Map.copyOf(kindsTaken);
    }
}
