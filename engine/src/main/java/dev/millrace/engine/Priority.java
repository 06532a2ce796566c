package dev.millrace.engine;

/** The class in which a run's tasks queue. */
public enum Priority {
    LOW(1),
    NORMAL(2),
    HIGH(3),
    CRITICAL(4);

    private final int code;

    Priority(int code) {
        this.code = code;
    }

    /** The number that is stored and sent. */
    public int code() {
        return code;
    }

    /** The priority with this stored number. */
    public static Priority ofCode(int code) {
        return values()[code - 1];
    }
}
