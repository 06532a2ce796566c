package dev.millrace.engine;

import java.time.Instant;
import java.util.List;

/**
 * One thing that a task waits for, in the words of the gate that holds it back. Whoever asks changes nothing.
 *
 * @param gate which gate, and in what state
 * @param name what the gate is called: of a limit its name, of a worker its id, of what has to end first a step; else the workflow's
 * @param key which value of the limit's key it is about; empty for a limit without key
 * @param since since when it has waited for this, as far as the gate knows
 * @param until when it may pass if nothing else happens; {@link Instant#MAX} when that depends on others
 * @param ahead about how many other tasks go before it, if all that wait for the same take their turns
 * @param taken how much of the limit is in use now, or how many slots the task's workers have in use; 0 where nothing is counted
 * @param limit how much there is in all; 0 where nothing is counted
 * @param holders who uses the limit now, oldest first, at most {@link #MOST_HOLDERS}
 * @param help what would let it go on, for people
 */
public record Hold(
        Gate gate,
        String name,
        String key,
        Instant since,
        Instant until,
        long ahead,
        long taken,
        long limit,
        List<Holder> holders,
        String help) {

    /** The most holders that are named. */
    public static final int MOST_HOLDERS = 10;

    public Hold {
        holders = List.copyOf(holders);
    }

    /** What holds a task back. */
    public enum Gate {
        /** Steps that it needs have not ended. */
        PARENTS,
        /** Its condition, its keys or its costs are being evaluated. */
        EVALUATION,
        /** It backs off after a failed attempt. */
        BACKOFF,
        /** Its workflow is paused. */
        PAUSED,
        /** As many runs as may go on at once are going on. */
        RUN_CONCURRENCY,
        /** As many attempts as may go on at once are going on. */
        CONCURRENCY,
        /** The rate limit has too few tokens. */
        NO_TOKENS,
        /** A provider asked that nobody takes tokens of the rate limit for a time. */
        LIMIT_CLOSED,
        /** No connected worker serves a version of the run's shape. */
        NO_COMPATIBLE_WORKER,
        /** Workers serve it, but none has the labels that it requires. */
        NO_MATCHING_WORKER,
        /** Workers serve it, but none has as many slots as it takes, free or not. */
        NO_WORKER_LARGE_ENOUGH,
        /** The workers that serve it have too few slots free, or keep them for a task that takes more. */
        SLOTS_TAKEN,
        /** It must go to one worker, which has no room or is not there. */
        STICKY_WORKER,
        /** Nothing holds it back, and still it waits: that is a fault of the scheduler. */
        NOTHING
    }

    /**
     * Who uses a limit.
     *
     * @param node number of the step whose attempt it is; -1 for the run as a whole
     */
    public record Holder(RunId run, int node, int element) {}
}
