package dev.millrace.controlplane.items;

import java.time.Duration;

/**
 * How fast somebody may emit: so many tokens a second, after a burst. What was stored already may overdraw it; then the acknowledgement
 * waits, and with it what would come next. Guarded by its lock.
 */
final class Allowance {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double perSecond;
    private final double burst;
    private double tokens;
    private long at;

    /** Full. */
    Allowance(double perSecond, double burst, long now) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.tokens = burst;
        this.at = now;
    }

    /** Takes so many. @return how long it takes until they are paid for */
    synchronized Duration take(double wanted, long now) {
        tokens = Math.min(burst, tokens + (now - at) / NANOS_PER_SECOND * perSecond) - wanted;
        at = now;
        return tokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) (-tokens / perSecond * NANOS_PER_SECOND));
    }

    /** Whether it is full again, so that a new one would be the same. */
    synchronized boolean isFull(long now) {
        return tokens + (now - at) / NANOS_PER_SECOND * perSecond >= burst;
    }
}
