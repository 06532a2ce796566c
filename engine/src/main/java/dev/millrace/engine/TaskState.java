package dev.millrace.engine;

/** The state of a task. The codes are stored; they never change their meaning. */
public enum TaskState {
    /** Waits for its parents. */
    PENDING(0),
    /** Ready: waits for its turn, for tokens of its rate limits, and for a worker. */
    QUEUED(1),
    /** Offered to a worker that has not accepted it yet. */
    ASSIGNED(2),
    RUNNING(3),
    /** Holds no worker and waits for an event, a time or a person. */
    WAITING(4),
    /** Waits for the time of its next attempt: after one that failed, or between two turns of a loop. */
    BACKING_OFF(5),
    SUCCEEDED(6),
    FAILED(7),
    CANCELLED(8),
    SKIPPED(9);

    private static final TaskState[] BY_CODE = values();
    private final int code;

    TaskState(int code) {
        this.code = code;
    }

    /** The number that is stored. */
    public int code() {
        return code;
    }

    /** Whether the task has ended. */
    public boolean isFinal() {
        return code >= SUCCEEDED.code;
    }

    /** Whether an attempt is with a worker. */
    public boolean isLive() {
        return this == ASSIGNED || this == RUNNING;
    }

    /** The state with this stored number. */
    public static TaskState ofCode(int code) {
        return BY_CODE[code];
    }
}
