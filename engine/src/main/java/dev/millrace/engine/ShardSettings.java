package dev.millrace.engine;

import java.time.Duration;

/**
 * The times and sizes that a shard goes by.
 *
 * @param acceptLease how long an offer may stay unaccepted before it goes elsewhere
 * @param reconnectGrace how long the attempts of a lost worker, or of any worker after a recovery, may stay unclaimed
 * @param maxRunsResident how many runs may be in memory; starts beyond it are refused
 * @param residence what of the runs that only wait stays in memory
 * @param patience how often a task that needs several limits at once is passed over before what it needs is kept for it
 */
public record ShardSettings(
        Duration acceptLease, Duration reconnectGrace, int maxRunsResident, Residence residence, int patience) {
    /** What is usual. */
    public static final int PATIENCE = 4;

    /** What DESIGN says: 5 s to accept, 10 s to come back. */
    public static final ShardSettings DEFAULT =
            new ShardSettings(Duration.ofSeconds(5), Duration.ofSeconds(10), 2_000_000);

    /** At so many bytes of payloads in memory starts are refused. */
    public long maxPayloadBytes() {
        return 2 * residence.payloadBytes;
    }

    /** With the usual patience. */
    public ShardSettings(Duration acceptLease, Duration reconnectGrace, int maxRunsResident, Residence residence) {
        this(acceptLease, reconnectGrace, maxRunsResident, residence, PATIENCE);
    }

    /** With the usual residence. */
    public ShardSettings(Duration acceptLease, Duration reconnectGrace, int maxRunsResident) {
        this(acceptLease, reconnectGrace, maxRunsResident, Residence.DEFAULT);
    }

    /**
     * What of the runs that only wait stays in memory.
     *
     * @param readyTasks how many ready tasks all lanes together keep; each its oldest
     * @param leastPerLane how many a lane keeps however many lanes there are
     * @param perLoad how many runs are read from the store at once, of a lane or of those whose time comes
     * @param nearby a run that waits for a time not farther than this stays in memory; others are read back half of it ahead
     * @param payloadBytes what inputs, results and checkpoints of the runs in memory may take, of all shards that share the room.
     *     Beyond half of it a tenth of {@code nearby} counts, and lanes keep fewer tasks of large runs; a shard that alone holds twice as
     *     much refuses starts
     */
    public record Residence(int readyTasks, int leastPerLane, int perLoad, Duration nearby, long payloadBytes) {
        /** About 100 MB of ready tasks, and 256 MB of payloads. */
        public static final Residence DEFAULT = new Residence(100_000, 16, 2_000, Duration.ofSeconds(10), 256L << 20);

        public Residence {
            if (readyTasks < 1 || leastPerLane < 1 || perLoad < 1 || nearby.isNegative() || payloadBytes < 1) {
                throw new IllegalArgumentException("A residence of " + readyTasks + " ready tasks, " + leastPerLane
                        + " per lane, " + perLoad + " per load, " + nearby + " and " + payloadBytes
                        + " bytes of payloads is not possible.");
            }
        }
    }
}
