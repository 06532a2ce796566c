package dev.millrace.engine;

/** What a checkpoint is the result of. The codes are stored; they never change their meaning. */
public enum CheckpointKind {
    /** Code that ran on the worker. */
    CALL(0),
    /** A time that had to pass. */
    SLEEP(1),
    EVENT(2),
    SIGNAL(3),
    CHILD(4),
    APPROVAL(5),
    /** The time, as the code was told it. */
    NOW(6),
    RANDOM(7),
    UUID(8),
    /** Which side of a change of the code the run is on. */
    VERSION(9),
    /** Whether something that goes on beside the code was done when the code asked. */
    DONE(10),
    /** What the code shows of itself to whoever asks; the newest takes the place of the one before. */
    STATE(11),
    /** What the code answered to a signal; the digest is the request id of that. */
    ANSWER(12);

    private static final CheckpointKind[] BY_CODE = values();
    private final int code;

    CheckpointKind(int code) {
        this.code = code;
    }

    /** The number that is stored. */
    public int code() {
        return code;
    }

    /** Whether it is of the kind that is open until something happens. */
    public boolean isWait() {
        return code >= SLEEP.code && code <= APPROVAL.code;
    }

    /** Whether the edge brings what it waits for. */
    public boolean isBrought() {
        return this == EVENT || this == APPROVAL;
    }

    /** Whether the history of a run tells of it. */
    public boolean isRemarkable() {
        return this == CALL || isWait();
    }

    /** The kind with this stored number. */
    public static CheckpointKind ofCode(int code) {
        return BY_CODE[code];
    }
}
