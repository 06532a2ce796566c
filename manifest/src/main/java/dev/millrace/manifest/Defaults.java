package dev.millrace.manifest;

import java.time.Duration;
import java.util.List;

/**
 * Every default that a user can feel, in one place. A test records them: whoever changes one says so there, in the
 * annotations' documentation and in the changelog.
 */
public final class Defaults {

    /** The longest one attempt of a step or handler may run. */
    public static final Duration STEP_TIMEOUT = Duration.ofMinutes(5);

    /** The longest a task may wait for a worker before it fails. */
    public static final Duration QUEUE_TIMEOUT = Duration.ofDays(1);

    /** The longest a run may take, from its start to its end. */
    public static final Duration RUN_DEADLINE = Duration.ofDays(30);

    /** How many attempts follow a failed first one. */
    public static final int RETRIES = 0;

    /** How long to wait before a retry, where there are retries. */
    public static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), 2, Duration.ofMinutes(5));

    /** The room that one attempt takes on its worker. */
    public static final int SLOTS = 1;

    /** How often a step's method may be entered. */
    public static final Delivery DELIVERY = Delivery.AT_LEAST_ONCE;

    /** Who may start a workflow. */
    public static final Visibility VISIBILITY = Visibility.PUBLIC;

    /** How long runs are kept, and whether they show up in the default lists. */
    public static final Weight WEIGHT = Weight.NORMAL;

    /** Which workers may go on with a run that has begun. */
    public static final Pinning PINNING = Pinning.AUTO;

    /** What becomes of those beyond a concurrency limit. */
    public static final ConcurrencyStrategy CONCURRENCY_STRATEGY = ConcurrencyStrategy.QUEUE;

    /** What happens to a run that would spend more than its budget. */
    public static final BudgetExceeded BUDGET_EXCEEDED = BudgetExceeded.FAIL;

    /** What a schedule does when the run of the time before has not ended. */
    public static final Overlap OVERLAP = Overlap.ALLOW;

    /** Which of the times that a schedule missed are made up for. */
    public static final CatchUp CATCH_UP = CatchUp.LATEST;

    /** How long the first task of a batch waits for others. */
    public static final Duration BATCH_WAIT = Duration.ofMillis(100);

    /** The share of failures that opens a circuit. */
    public static final double CIRCUIT_FAILURE_RATE = 0.5;

    /** How many outcomes a circuit breaker looks at. */
    public static final int CIRCUIT_WINDOW = 20;

    /** How long a circuit stays open. */
    public static final Duration CIRCUIT_OPEN_FOR = Duration.ofSeconds(30);

    /** How long a worker may leave an assignment unaccepted before it is offered elsewhere. */
    public static final Duration ACCEPT_LEASE = Duration.ofSeconds(5);

    /** How often a worker proves that it lives. */
    public static final Duration HEARTBEAT = Duration.ofSeconds(2);

    /** After how many missed heartbeats a worker is taken for dead. */
    public static final int MISSED_HEARTBEATS = 3;

    /** How long a lost worker's attempts wait for it to come back and claim them. */
    public static final Duration RECONNECT_GRACE = Duration.ofSeconds(10);

    /** The policy of a step that says nothing about itself. */
    public static StepPolicy stepPolicy() {
        return new StepPolicy(STEP_TIMEOUT, QUEUE_TIMEOUT, RETRIES, BACKOFF, DELIVERY, SLOTS, List.of(), List.of());
    }

    private Defaults() {}
}
