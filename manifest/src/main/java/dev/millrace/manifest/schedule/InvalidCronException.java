package dev.millrace.manifest.schedule;

/** Thrown when a text is no cron expression, or one that never fires: the message names the field and its value. */
public final class InvalidCronException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** What kind of fault it is. */
    public enum Reason {
        /** It cannot be read. */
        INVALID,
        /** It can be read, but no day of the calendar matches. */
        NEVER_FIRES
    }

    private final Reason reason;

    InvalidCronException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
