package dev.millrace.manifest;

/** What a schedule does when the run of the time before has not ended. */
public enum Overlap {
    /** It starts the new run beside it. */
    ALLOW,
    /** It leaves this time out. */
    SKIP,
    /** It starts the new run when the old one has ended. */
    QUEUE,
    /** It cancels the old run and starts the new one. */
    CANCEL_PREVIOUS
}
