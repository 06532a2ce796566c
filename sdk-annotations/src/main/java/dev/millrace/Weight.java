package dev.millrace;

/** How much room the runs of a workflow take in lists and in storage. Execution is the same for both. */
public enum Weight {

    /** Runs show in lists and are kept for the normal time. */
    NORMAL,

    /**
     * For frequent small work, such as request and reply between services: stored, retried and recovered alike, but
     * left out of the default lists and kept for a shorter time.
     */
    LIGHT
}
