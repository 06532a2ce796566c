package dev.millrace.connection;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before the n-th try to connect: a random time up to a bound that doubles (full jitter). */
record Jitter(Duration first, Duration longest) {

    /** Quick enough for a restart of the control plane, slow enough that a thousand workers do not knock it over. */
    static final Jitter DEFAULT = new Jitter(Duration.ofMillis(100), Duration.ofSeconds(10));

    Duration pause(int failures) {
        double bound = Math.min(longest.toNanos(), first.toNanos() * Math.pow(2, Math.min(30, failures)));
        return upTo(Duration.ofNanos((long) bound));
    }

    static Duration upTo(Duration bound) {
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(bound.toNanos() + 1));
    }
}
