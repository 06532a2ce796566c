package dev.millrace;

/** What a schedule does when the run of the time before has not ended. */
public enum Overlap {

    /** Start the new run beside it. */
    ALLOW,

    /** Leave this time out. */
    SKIP,

    /** Start the new run when the old one has ended. */
    QUEUE,

    /** Cancel the old run and start the new one. */
    CANCEL_PREVIOUS
}
