package dev.millrace.manifest;

/** How much attention the runs of a workflow get in lists, and how long they are kept. */
public enum Weight {
    /** Listed by default and kept for the tenant's normal retention. */
    NORMAL,
    /** Stored and retried like any other, but kept out of the default lists and for a shorter time. */
    LIGHT
}
