package dev.millrace.engine;

import java.time.Duration;

/**
 * The times that a shard goes by.
 *
 * @param acceptLease how long an offer may stay unaccepted before it goes elsewhere
 * @param reconnectGrace how long the attempts of a lost worker, or of any worker after a recovery, may stay unclaimed
 * @param maxRunsResident how many runs may be in memory
 */
public record ShardSettings(Duration acceptLease, Duration reconnectGrace, int maxRunsResident) {
    /** What DESIGN says: 5 s to accept, 10 s to come back. */
    public static final ShardSettings DEFAULT =
            new ShardSettings(Duration.ofSeconds(5), Duration.ofSeconds(10), 2_000_000);
}
