package dev.millrace.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One thing that a task waits for, in the words of the gate that holds it back. Whoever asks changes nothing.
 *
 * @param gate which gate, and in what state
 * @param name what the gate is called: of a limit its name, of a worker its id, of what has to end first a step; else the workflow's
 * @param key which value of the limit's key it is about; empty for a limit without key
 * @param since since when it has waited for this, as far as the gate knows; of a pause, since when the workflow has been paused
 * @param until when it may pass if nothing else happens; {@link Instant#MAX} when that depends on others
 * @param ahead about how many other tasks go before it, if all that wait for the same take their turns
 * @param taken how much of the limit is in use now, or how many slots the task's workers have in use; 0 where nothing is counted
 * @param limit how much there is in all; 0 where nothing is counted
 * @param holders who uses the limit now, oldest first, at most {@link #MOST_HOLDERS}
 * @param help what would let it go on, for people
 * @param by who holds it back, where that is a person: who paused the workflow; else empty
 * @param outlook when all that wait for the same limit will have gone; empty for what is no limit, and while that is not known
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
        String help,
        String by,
        Optional<Outlook> outlook) {

    /** The most holders that are named. */
    public static final int MOST_HOLDERS = 10;

    public Hold {
        holders = List.copyOf(holders);
    }

    /** Of no person's making, and without an outlook. */
    public Hold(
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
        this(gate, name, key, since, until, ahead, taken, limit, holders, help, "", Optional.empty());
    }

    /**
     * When all that wait for a limit will have gone, if nobody else comes.
     *
     * <p>Of a rate limit that is exact: the tokens that all of them need together and that are not there, divided by the rate, from the end of
     * a closing on. Of a concurrency limit it is reckoned as {@code waiting × mean / limit}, where {@code mean} is how long a permit of
     * the limit was held on average, for all values of its key, by those that gave one back in the last five minutes. Whole microseconds,
     * rounded up, so that the same shard always says the same.
     *
     * @param waiting how many tasks wait for it, runs that are out of memory counted as one each
     * @param mean how long a permit was held on average; zero of a rate limit
     * @param empty when the last of them can go, as the limit is
     * @param emptyIfDoubled when the last of them could go, if the limit were twice what it is
     */
    public record Outlook(long waiting, Duration mean, Instant empty, Instant emptyIfDoubled) {}

    /** What holds a task back. */
    public enum Gate {
        /** Its run has not begun: further starts may join it. */
        WINDOW,
        /** Steps that it needs have not ended. */
        PARENTS,
        /** Its condition, its keys or its costs are being evaluated. */
        EVALUATION,
        /** It backs off after a failed attempt. */
        BACKOFF,
        /** A loop has ended a turn, and the time of the next has not come. */
        TURN,
        /** A durable step sleeps. */
        SLEEP,
        /** A step waits for an event. */
        EVENT,
        /** A durable step waits for a signal to its run. */
        SIGNAL,
        /** A durable step waits for the end of a run that it started. */
        CHILD,
        /** A step waits for somebody's answer. */
        APPROVAL,
        /** Its run has used as much as it may, or may have when others have ended. */
        BUDGET,
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
        /** It waits for others of its batch step, to share a call with them. */
        BATCH,
        /** No connected worker serves a version of the run's shape. */
        NO_COMPATIBLE_WORKER,
        /** Workers serve it, but none has the labels that it requires. */
        NO_MATCHING_WORKER,
        /** Workers serve it, but none has as many slots as it takes, free or not. */
        NO_WORKER_LARGE_ENOUGH,
        /** The workers that serve it have too few slots free, or keep them for a task that takes more. */
        SLOTS_TAKEN,
        /** Its run stays on the build of the code that it began on, whose workers have no room or are away for a moment. */
        PINNED_BUILD,
        /** It must go to one worker, which has no room or is not there. */
        STICKY_WORKER,
        /** It is out of memory, and so is all that queues before it: that is being read. */
        READING,
        /** Nothing holds it back, and still it waits: that is a fault of the scheduler. */
        NOTHING;

        /** The gate in front of an action of a durable step that has not been settled. */
        public static Gate of(CheckpointKind kind) {
            return switch (kind) {
                case SLEEP -> SLEEP;
                case EVENT -> EVENT;
                case SIGNAL -> SIGNAL;
                case CHILD -> CHILD;
                case APPROVAL -> APPROVAL;
                case CALL, NOW, RANDOM, UUID, VERSION, DONE, STATE, ANSWER ->
                    throw new IllegalArgumentException(
                            "Nothing waits for what is stored at once, such as " + kind + ".");
            };
        }
    }

    /**
     * Who uses a limit.
     *
     * @param node number of the step whose attempt it is; -1 for the run as a whole
     */
    public record Holder(RunId run, int node, int element) {}
}
