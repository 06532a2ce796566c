package dev.millrace.connection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How quickly a stream is opened again and given up. Between two tries passes a random time up to a bound that doubles (full
 * jitter), so that a thousand workers do not knock over the control plane that has just come back.
 *
 * @param firstPause the bound before the second try
 * @param longestPause the largest bound
 * @param liveness how a dead peer is told from a silent one, until the peer says how it wants it
 */
public record Pace(Duration firstPause, Duration longestPause, StreamLoop.Liveness liveness) {

    /** What applications get: after a long absence, a control plane that is back has its workers within three seconds. */
    public static final Pace DEFAULT = new Pace(
            Duration.ofMillis(100),
            Duration.ofSeconds(3),
            new StreamLoop.Liveness(Duration.ofSeconds(2), Duration.ofSeconds(6)));

    Duration beforeTry(int failures) {
        double bound = Math.min(longestPause.toNanos(), firstPause.toNanos() * Math.pow(2, Math.min(30, failures)));
        return upTo(Duration.ofNanos((long) bound));
    }

    static Duration upTo(Duration bound) {
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound.toNanos() + 1));
    }
}
