package dev.millrace.engine;

/** The state of an attempt. The codes are stored; they never change their meaning. */
public enum AttemptState {
    OFFERED(0),
    RUNNING(1),
    SUCCEEDED(2),
    FAILED(3),
    TIMED_OUT(4),
    /** Its worker left, gave it back, or did not accept it in time; not charged as a retry. */
    LOST(5),
    CANCELLED(6),
    /** Left its worker because its durable step only waits; not charged as a retry, and another attempt goes on. */
    SUSPENDED(7);

    private static final AttemptState[] BY_CODE = values();
    private final int code;

    AttemptState(int code) {
        this.code = code;
    }

    /** The number that is stored. */
    public int code() {
        return code;
    }

    /** Whether the attempt has ended. */
    public boolean isFinal() {
        return code >= SUCCEEDED.code;
    }

    /** The state with this stored number. */
    public static AttemptState ofCode(int code) {
        return BY_CODE[code];
    }
}
