package dev.millrace.manifest;

/** What becomes of those beyond a concurrency limit. */
public enum ConcurrencyStrategy {
    /** They wait their fair turn. */
    QUEUE,
    /** The newest one takes the place of the oldest one that runs, which is cancelled. */
    CANCEL_RUNNING,
    /** They are cancelled. */
    CANCEL_NEW
}
