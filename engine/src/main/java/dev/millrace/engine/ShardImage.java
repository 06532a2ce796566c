package dev.millrace.engine;

import java.time.Instant;
import java.util.List;

/**
 * What a shard remembers beside its runs, as it stood at one position of the journal.
 *
 * @param clock the latest instant the shard has seen; its time never goes back before it
 * @param buckets the rate limits that have been used
 */
public record ShardImage(Instant clock, List<BucketImage> buckets) {

    /** A shard that has never decided anything. */
    public static final ShardImage EMPTY = new ShardImage(Instant.EPOCH, List.of());

    public ShardImage {
        buckets = List.copyOf(buckets);
    }

    /**
     * A token bucket.
     *
     * @param key the value of the limit's key; empty for a limit without key
     * @param level tokens at {@code at}, in billionths of a token
     * @param closedUntil {@link Instant#MIN} unless a provider closed it
     */
    public record BucketImage(TenantId tenant, String limit, String key, Instant at, long level, Instant closedUntil) {}
}
