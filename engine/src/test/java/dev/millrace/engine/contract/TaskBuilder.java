package dev.millrace.engine.contract;

import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Held;
import dev.millrace.engine.LoopState;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.Seal;
import dev.millrace.engine.TaskSpent;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Terms;
import dev.millrace.engine.WorkerId;
import java.time.Instant;
import java.util.Optional;

/** Makes images of tasks for tests: of one that queues and was never offered, but for what is said. For one thread. */
public final class TaskBuilder {
    private final int node;
    private final int element;
    private final TaskState state;
    private final Instant queued;
    private int attempt;
    private int charged;
    private Payload result = Payload.NONE;
    private int elements = -1;
    private Optional<Failure> failure = Optional.empty();
    private Optional<WorkerId> worker = Optional.empty();
    private Instant due = Instant.MIN;
    private Instant started = Instant.MIN;
    private Instant ended = Instant.MAX;
    private Terms terms = Terms.NONE;
    private Checkpoints checkpoints = Checkpoints.NONE;
    private long call;
    private boolean released;
    private TaskSpent spent = TaskSpent.NONE;
    private Optional<Seal> seal = Optional.empty();
    private Optional<Held> held = Optional.empty();

    private LoopState loop = LoopState.NONE;

    private TaskBuilder(int node, int element, TaskState state, Instant queued) {
        this.node = node;
        this.element = element;
        this.state = state;
        this.queued = queued;
    }

    public static TaskBuilder of(int node, int element, TaskState state, Instant queued) {
        return new TaskBuilder(node, element, state, queued);
    }

    /** Its newest attempt, and how many of them count against the retries. */
    public TaskBuilder attempt(int number, int counting, WorkerId on) {
        attempt = number;
        charged = counting;
        worker = Optional.of(on);
        return this;
    }

    public TaskBuilder result(Payload value, int size) {
        result = value;
        elements = size;
        return this;
    }

    public TaskBuilder failure(Failure why) {
        failure = Optional.of(why);
        return this;
    }

    public TaskBuilder due(Instant at) {
        due = at;
        return this;
    }

    public TaskBuilder started(Instant at) {
        started = at;
        return this;
    }

    public TaskBuilder ended(Instant at) {
        ended = at;
        return this;
    }

    public TaskBuilder terms(Terms its) {
        terms = its;
        return this;
    }

    public TaskBuilder checkpoints(Checkpoints its) {
        checkpoints = its;
        return this;
    }

    /** The call that serves it together with others, without slots of its own. */
    public TaskBuilder released(long number) {
        call = number;
        released = true;
        return this;
    }

    public TaskBuilder spent(TaskSpent its) {
        spent = its;
        return this;
    }

    public TaskBuilder seal(Seal its) {
        seal = Optional.of(its);
        return this;
    }

    public TaskBuilder held(Held its) {
        held = Optional.of(its);
        return this;
    }

    public TaskBuilder loop(LoopState its) {
        loop = its;
        return this;
    }

    public TaskImage build() {
        return new TaskImage(
                node,
                element,
                state,
                attempt,
                charged,
                result,
                elements,
                failure,
                worker,
                queued,
                due,
                started,
                ended,
                terms,
                checkpoints,
                call,
                released,
                spent,
                seal,
                held,
                loop);
    }
}
