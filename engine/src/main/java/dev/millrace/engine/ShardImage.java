package dev.millrace.engine;

import java.time.Instant;
import java.util.List;

/**
 * What a shard remembers beside its runs, as it stood at one position of the journal.
 *
 * @param clock the latest instant the shard has seen; its time never goes back before it
 * @param buckets the rate limits that have been used
 * @param throttles the periods of throttles that are not over
 */
public record ShardImage(Instant clock, List<BucketImage> buckets, List<ThrottleImage> throttles) {

    /** A shard that has never decided anything. */
    public static final ShardImage EMPTY = new ShardImage(Instant.EPOCH, List.of(), List.of());

    public ShardImage {
        buckets = List.copyOf(buckets);
        throttles = List.copyOf(throttles);
    }

    /**
     * The period of a throttle.
     *
     * @param key the value of its key; empty for one without key
     * @param until when it ends and the next start begins another one
     * @param taken how many starts it has let through
     */
    public record ThrottleImage(TenantId tenant, String workflow, String key, Instant until, int taken) {}

    /**
     * A token bucket.
     *
     * @param key the value of the limit's key; empty for a limit without key
     * @param level tokens at {@code at}, in billionths of a token
     * @param closedUntil {@link Instant#MIN} unless a provider closed it
     */
    public record BucketImage(TenantId tenant, String limit, String key, Instant at, long level, Instant closedUntil) {}
}
