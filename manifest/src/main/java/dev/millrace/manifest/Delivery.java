package dev.millrace.manifest;

/** How often a step's method may be entered for one task. */
public enum Delivery {
    /** Entered again after a crash; the step uses its idempotency key. */
    AT_LEAST_ONCE,
    /** Never entered twice; a task whose worker is lost fails. */
    AT_MOST_ONCE,
    /** Its effect and its completion commit in the user's own database transaction. */
    TRANSACTIONAL
}
