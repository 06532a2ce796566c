package dev.millrace.engine.simulation;

/**
 * Bugs that peers have had, made again in what surrounds the shards. The simulation must find each of them: what it does not find
 * when it is there, it would not find when it comes.
 */
enum Flaw {
    /** Completions count whatever attempt they come from: a worker that was given up speaks for its successor. */
    ANY_ATTEMPT_COMPLETES,
    /** A durable step is begun anew wherever it was. */
    CHECKPOINTS_LEFT_OUT,
    /** What was decided together is stored in two transactions. */
    TORN_COMMIT,
    /** Rate limits start full after a recovery, as if nobody had taken anything. */
    BUCKETS_FORGOTTEN,
    /** Owners do not hear of concurrency limits. */
    LIMITS_NOT_TOLD,
    /** A new owner does not learn what people have set. */
    CONFIG_NOT_READ,
    /** Whether a key was used is not looked up. */
    KEYS_NOT_READ,
    /** Nothing happens of itself: only messages wake a shard. */
    NO_TIMERS,
    /** A new owner starts from the images and leaves the journal's tail out. */
    TAIL_NOT_READ,
    /** What waits in a lane is answered as it was when the lane was asked for before. */
    WINDOWS_FROM_CACHE,
    /** A new owner does not learn what queues in the store. */
    QUEUES_NOT_COUNTED,
    /** Runs that are out of memory are not found when their time comes. */
    TIMES_NOT_READ,
    /** What happened to a run since its last image is not added to its history. */
    HISTORY_LEFT_OUT,
    /** A former owner can still store what it decided. */
    OWNERS_NOT_FENCED
}
