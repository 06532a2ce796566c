package dev.millrace.engine;

/** The state of a run. The codes are stored; they never change their meaning. */
public enum RunState {
    /** Acknowledged; no task has been assigned yet. */
    QUEUED(0),
    /** At least one attempt has been assigned. */
    RUNNING(1),
    /** Every live task waits for something that holds no worker: an event, a time, a person. */
    WAITING(2),
    SUCCEEDED(3),
    FAILED(4),
    CANCELLED(5),
    /** Its deadline passed. */
    TIMED_OUT(6);

    private static final RunState[] BY_CODE = values();
    private final int code;

    RunState(int code) {
        this.code = code;
    }

    /** The number that is stored. */
    public int code() {
        return code;
    }

    /** Whether the run has ended; a final state is never left, but for a replay, which is a new generation. */
    public boolean isFinal() {
        return code >= SUCCEEDED.code;
    }

    /** The state with this stored number. */
    public static RunState ofCode(int code) {
        return BY_CODE[code];
    }
}
