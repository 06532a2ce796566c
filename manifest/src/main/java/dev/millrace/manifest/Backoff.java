package dev.millrace.manifest;

import java.time.Duration;

/**
 * Exponential backoff with full jitter: before the n-th retry a task waits a random time between zero and
 * {@code min(max, initial · multiplier^(n-1))}. Full jitter is the variant that spreads a herd best at equal total work
 * (Brooker, "Exponential Backoff And Jitter", 2015).
 *
 * @param initial upper bound of the first wait
 * @param multiplier growth per retry, at least 1
 * @param max upper bound of every wait
 */
public record Backoff(Duration initial, double multiplier, Duration max) {

    public Backoff {
        if (initial.isNegative() || max.isNegative() || max.compareTo(initial) < 0) {
            throw new InvalidManifestException(
                    initial.isNegative() ? "initial" : "max",
                    "Backoff needs 0 <= initial <= max, but has initial " + initial + " and max " + max + ".");
        }
        if (max.compareTo(Durations.MAX) > 0) {
            throw new InvalidManifestException("max", "Backoff may wait 366 days at most, but has max " + max + ".");
        }
        if (!(multiplier >= 1) || multiplier > 1000) {
            throw new InvalidManifestException(
                    "multiplier", "The backoff multiplier must be 1 to 1000, but is " + multiplier + ".");
        }
    }

    /**
     * The upper bound of the wait before a retry. Never overflows: the bound stays at {@link #max()} once reached.
     *
     * @param retry number of the retry, from 1
     */
    public Duration ceiling(int retry) {
        double nanos = initial.toNanos() * Math.pow(multiplier, Math.max(0, retry - 1));
        return nanos >= max.toNanos() ? max : Duration.ofNanos((long) nanos);
    }
}
