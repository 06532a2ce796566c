package dev.millrace.manifest.placement;

/** How much it matters that a step runs on the worker where its run was last. */
public enum Stickiness {
    /** Not at all. */
    NONE,
    /** That worker is taken if it has the slots free now. */
    SOFT,
    /** The task waits for that worker for as long as it is connected or may come back. */
    HARD
}
