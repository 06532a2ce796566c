package dev.millrace;

/** What becomes of a run or task that finds its {@link Concurrency} limit full. */
public enum ConcurrencyStrategy {

    /** It waits its fair turn. */
    QUEUE,

    /** The newest wins: the oldest of the running ones is cancelled to make room. */
    CANCEL_RUNNING,

    /** The running ones win: the new one is cancelled. */
    CANCEL_NEW
}
