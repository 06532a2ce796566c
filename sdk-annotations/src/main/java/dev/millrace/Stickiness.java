package dev.millrace;

/** How much it matters that a step runs where its run was last. */
public enum Stickiness {

    /** Not at all. */
    NONE,

    /** That worker is taken if it has the slots free now; otherwise any other. */
    SOFT,

    /**
     * The step waits for that worker for as long as it is connected, or may come back within its grace. Once it is lost or has
     * left, any other worker is taken: nothing is left there to come back to.
     */
    HARD
}
