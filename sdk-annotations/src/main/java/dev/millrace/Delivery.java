package dev.millrace;

/** What is promised about how often a step's method runs. */
public enum Delivery {

    /**
     * The method runs until an attempt's end is stored; a lost worker means another attempt. Make effects repeatable
     * with {@link StepContext#idempotencyKey()}.
     */
    AT_LEAST_ONCE,

    /**
     * The method is never begun twice: the worker runs it only after the control plane has stored that it will. A
     * worker that is lost while it runs fails the task.
     */
    AT_MOST_ONCE,

    /**
     * Exactly once: the step takes a JDBC {@code java.sql.Connection}, and its completion commits in the same
     * transaction as its effect. What the method does elsewhere may be repeated. The worker is told which database it is:
     * {@code millrace.worker(…).transactions(dataSource)}; a PostgreSQL.
     */
    TRANSACTIONAL
}
