package dev.millrace.engine.simulation;

import java.util.EnumSet;
import java.util.Set;

/**
 * Bugs that peers have had, made again in what surrounds the shards. The simulation must find each of them: what it does not find
 * when it is there, it would not find when it comes.
 */
enum Flaw {
    // ---- six that production systems had ----

    /** Completions count whatever attempt they come from: a worker that was given up speaks for its successor. */
    ANY_ATTEMPT_COMPLETES,
    /** What queues is taken out of its queue in one transaction and assigned in another. */
    TAKEN_BEFORE_ASSIGNED,
    /** Whether there is room at a limit is decided on a count that was read a while ago. */
    COUNT_FROM_CACHE,
    /** Whether a tick was fired is read, then it is fired, and no unique key holds the two together. */
    TICK_READ_THEN_FIRED,
    /** Nothing happens of itself: only messages wake a shard. */
    NO_TIMERS,
    /** Attempts that seem stuck are listed, and later given up by name, whatever became of them meanwhile. */
    RESCUED_WITHOUT_GUARD,

    // ---- more of the same kinds ----

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
    /** Owners hear of more slots of a kind than workers have. */
    SLOT_KINDS_MISTOLD,
    /** Whether a key was used is not looked up. */
    KEYS_NOT_READ,
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
    /** A step that goes on from a checkpoint in a new generation is begun anew. */
    KEPT_CHECKPOINTS_LEFT_OUT,
    /** Whoever makes sure that what is given up has not committed does not keep it from committing later. */
    SEAL_LEFT_OUT,
    /** Runs of a family that are out of memory are not found by each other. */
    RELATIVES_NOT_FOUND,
    /** Who brings events hears of durable steps alone, not of what others wait for before they begin. */
    AWAITED_NOT_HEARD,
    /** Who brings events does not hear what waits for them. */
    WAITS_NOT_HEARD,
    /** A former owner can still store what it decided. */
    OWNERS_NOT_FENCED;

    /** Those that are known from the trackers of other systems; {@code docs/simulation.md} says which. */
    static final Set<Flaw> HISTORIC = EnumSet.range(ANY_ATTEMPT_COMPLETES, RESCUED_WITHOUT_GUARD);
}
