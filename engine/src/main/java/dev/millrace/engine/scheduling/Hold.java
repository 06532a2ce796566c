package dev.millrace.engine.scheduling;

/**
 * Why a task waits at a gate.
 *
 * @param reason which gate, and in what state
 * @param name of the workflow or the rate limit that it is about
 * @param untilMicros when it may pass if nothing else happens; {@link Long#MAX_VALUE} when that depends on others
 * @param ahead how many others wait for the same in front of it
 */
public record Hold(Reason reason, String name, long untilMicros, int ahead) {

    /** What holds a task back. */
    public enum Reason {
        /** No connected worker serves a version of the run's shape. */
        NO_COMPATIBLE_WORKER,
        /** Workers serve it, but none has as many slots as it takes, free or not. */
        NO_WORKER_LARGE_ENOUGH,
        /** The workers that serve it have too few slots free, or keep them for a task that takes more. */
        SLOTS_TAKEN,
        /** The rate limit has too few tokens. */
        NO_TOKENS,
        /** Nothing: its turn has not come. */
        TURN
    }
}
