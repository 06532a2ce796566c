package dev.millrace.engine;

import dev.millrace.manifest.RateLimitSpec;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A token bucket, exact in whole numbers: one token costs as much credit as its period has microseconds, and every
 * microsecond brings {@code limit} of credit, so nothing is ever rounded. It changes only by facts: a recovered shard has the
 * same credit to the last unit. The lanes that wait for tokens are parked here.
 */
final class Bucket extends Alarm {
    final TenantId tenant;
    final String name;
    final Set<Lane> parked = new LinkedHashSet<>();

    private RateLimitSpec spec;
    private long period;
    private long credit;
    private long at;
    private long closedUntil = Long.MIN_VALUE;

    Bucket(TenantId tenant, RateLimitSpec spec, long now) {
        this.tenant = tenant;
        this.name = spec.name();
        this.spec = spec;
        this.period = Math.max(1, Micros.of(spec.period()));
        this.at = now;
        this.credit = capacity();
    }

    /** The newest definition of a name wins; tokens that are there stay, up to the new burst. */
    void define(RateLimitSpec newer) {
        if (newer.equals(spec)) {
            return;
        }
        double tokens = (double) credit / period;
        spec = newer;
        period = Math.max(1, Micros.of(newer.period()));
        credit = (long) Math.min(capacity(), tokens * period);
    }

    private long capacity() {
        return Math.multiplyExact(spec.burst(), period);
    }

    /** When so many tokens will be there if nobody else takes any: now or later. */
    long availableAt(long tokens, long now) {
        long from = Math.max(now, at);
        long missing = Math.multiplyExact(Math.min(tokens, spec.burst()), period) - creditAt(from);
        long flow = missing <= 0 ? from : from + (missing + spec.limit() - 1) / spec.limit();
        return Math.max(flow, closedUntil);
    }

    void take(long tokens, long now) {
        long when = Math.max(now, at);
        credit = creditAt(when) - Math.multiplyExact(tokens, period);
        at = when;
    }

    void closeUntil(long until) {
        closedUntil = Math.max(closedUntil, until);
    }

    private long creditAt(long now) {
        long elapsed = now - at;
        long capacity = capacity();
        // Compared by division first: the product could overflow, and beyond this time the bucket is full anyway.
        if (elapsed > (capacity - credit) / spec.limit()) {
            return capacity;
        }
        return Math.min(capacity, credit + elapsed * spec.limit());
    }

    ShardImage.BucketImage image() {
        return new ShardImage.BucketImage(
                tenant,
                name,
                Micros.toInstant(at),
                credit,
                closedUntil == Long.MIN_VALUE ? Instant.MIN : Micros.toInstant(closedUntil));
    }

    void restore(ShardImage.BucketImage image) {
        at = Micros.of(image.at());
        credit = Math.min(capacity(), image.level());
        closedUntil = image.closedUntil().equals(Instant.MIN) ? Long.MIN_VALUE : Micros.of(image.closedUntil());
    }
}
