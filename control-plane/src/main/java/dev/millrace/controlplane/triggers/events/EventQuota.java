package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.settings.Settings;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How many events each tenant may publish: a token bucket for each, so that the storm of one costs the others nothing. A request is taken as a
 * whole or refused as a whole, before anything of it is stored. Safe for use by several threads.
 */
@Singleton
final class EventQuota {
    /** Buckets are looked through for full ones when there are twice as many as after the last time. */
    private static final int FEW = 1_000;

    private final Settings.Events quota;
    private final Clock clock;
    /** Guarded by this. */
    private final Map<TenantId, Bucket> buckets = new HashMap<>();

    private int next = FEW;

    /** What is left, in events, at an instant. */
    private record Bucket(double level, Instant at) {}

    EventQuota(Settings settings, Clock clock) {
        this.quota = settings.events();
        this.clock = clock;
    }

    /**
     * Takes a request in.
     *
     * @throws ApiException with {@link ErrorCode#QUOTA_EXCEEDED}, and when to come again
     */
    synchronized void take(TenantId tenant, int events) {
        var now = clock.instant();
        double level = level(buckets.get(tenant), now);
        if (level < events) {
            var wait = Duration.ofNanos((long) Math.ceil((events - level) / quota.perSecond() * 1e9));
            throw new ApiException(
                            ErrorCode.QUOTA_EXCEEDED,
                            "This tenant may publish " + quota.perSecond() + " events a second and " + quota.burst()
                                    + " at once, and has used that up. None of the " + events
                                    + " events of the request was stored; send it again in " + wait.toMillis()
                                    + " ms.")
                    .again(now.plus(wait));
        }
        buckets.put(tenant, new Bucket(level - events, now));
        if (buckets.size() > next) {
            buckets.values().removeIf(bucket -> level(bucket, now) >= quota.burst());
            next = Math.max(FEW, 2 * buckets.size());
        }
    }

    private double level(Bucket bucket, Instant now) {
        if (bucket == null) {
            return quota.burst();
        }
        double seconds = Math.max(0, Duration.between(bucket.at(), now).toNanos() / 1e9);
        return Math.min(quota.burst(), bucket.level() + seconds * quota.perSecond());
    }
}
