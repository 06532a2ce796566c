package dev.millrace.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * A task in memory. Its one alarm is whatever it waits for next: its queue timeout, the acceptance of an offer, the end of an
 * attempt, or the time of a retry.
 */
final class Task extends Alarm {
    final Run run;
    final int node;
    final int element;

    TaskState state = TaskState.PENDING;
    int attempt;
    /** Attempts that count against the retries. */
    int charged;

    Payload result = Payload.NONE;
    int elements = -1;
    Failure failure;
    WorkerId worker;
    /** The session that holds the live attempt; null while its worker is away. */
    Session session;

    Instant queued = Instant.MIN;
    Instant retryAt = Instant.MIN;
    Instant offered = Instant.MIN;
    Instant started = Instant.MIN;
    Instant ended = Instant.MAX;

    /** Place in line: given when the task becomes ready, kept when it is queued again without fault of its own. */
    long ready;
    /** The worker was told to stop, and how it ends no longer changes that the run will not succeed. */
    boolean stopping;

    Task(Run run, int node, int element) {
        this.run = run;
        this.node = node;
        this.element = element;
    }

    AttemptRef ref() {
        return new AttemptRef(run.id, run.generation, node, element, attempt);
    }

    int slots() {
        return run.plan.policy(node).slots();
    }

    RunImage.TaskImage image() {
        return new RunImage.TaskImage(
                node,
                element,
                state,
                attempt,
                charged,
                result,
                elements,
                Optional.ofNullable(failure),
                Optional.ofNullable(worker),
                queued,
                state == TaskState.BACKING_OFF ? retryAt : state == TaskState.ASSIGNED ? offered : Instant.MIN,
                started,
                ended);
    }

    void restore(RunImage.TaskImage image) {
        state = image.state();
        attempt = image.attempt();
        charged = image.charged();
        result = image.result();
        elements = image.elements();
        failure = image.failure().orElse(null);
        worker = image.worker().orElse(null);
        queued = image.queued();
        if (state == TaskState.ASSIGNED) {
            offered = image.due();
        } else {
            retryAt = image.due();
        }
        started = image.started();
        ended = image.ended();
    }
}
