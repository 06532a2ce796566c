package dev.millrace.engine;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run in memory. Its alarm is its deadline. */
final class Run extends Alarm {
    final TenantId tenant;
    final RunId id;
    final int generation;
    final VersionRef version;
    final WorkflowPlan plan;
    final Payload input;
    final String idempotencyKey;
    final Priority priority;
    final Map<String, String> metadata;
    final Instant started;
    final Instant deadline;
    final Node[] nodes;

    RunState state = RunState.QUEUED;
    /** Steps whose node has not ended. */
    int openSteps;
    /** Tasks whose attempt is with a worker. */
    int live;
    /** Nodes that became ready but must be skipped: the decision follows as facts. */
    final Deque<Integer> toSkip = new ArrayDeque<>(0);

    RunFailure failure;
    boolean deadlinePassed;
    String cancelReason = "";
    List<Integer> cleanUp = List.of();
    boolean compensated;
    Instant ended = Instant.MAX;

    List<RunImage.Transition> history = new ArrayList<>(6);
    /** What was captured and is not known to be stored yet: a read must not miss it. Empty whenever the run is captured. */
    List<RunImage.Transition> unprojected = List.of();

    boolean neverCaptured = true;
    boolean dirty;
    List<Long> followers = List.of();

    Run(Fact.RunStarted fact, WorkflowPlan plan) {
        this.tenant = fact.tenant();
        this.id = fact.run();
        this.generation = fact.generation();
        this.version = fact.version();
        this.plan = plan;
        this.input = fact.input();
        this.idempotencyKey = fact.idempotencyKey();
        this.priority = fact.priority();
        this.metadata = fact.metadata();
        this.started = fact.at();
        this.deadline = fact.deadline();
        this.nodes = nodes(plan);
        this.openSteps = plan.steps();
    }

    Run(RunImage image, WorkflowPlan plan) {
        this.tenant = image.tenant();
        this.id = image.run();
        this.generation = image.generation();
        this.version = image.version();
        this.plan = plan;
        this.input = image.input();
        this.idempotencyKey = image.idempotencyKey();
        this.priority = image.priority();
        this.metadata = image.metadata();
        this.started = image.started();
        this.deadline = image.deadline();
        this.nodes = nodes(plan);
        this.openSteps = plan.steps();
        this.state = image.state();
        this.failure = image.failure().orElse(null);
        this.deadlinePassed = image.deadlinePassed();
        this.cancelReason = image.cancelReason();
        this.cleanUp = image.cleanUp();
        this.compensated = image.compensated();
        this.ended = image.ended();
        this.neverCaptured = false;
    }

    private static Node[] nodes(WorkflowPlan plan) {
        var nodes = new Node[plan.size()];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = new Node();
            nodes[i].waiting = i < plan.steps() ? plan.parents(i).length : 0;
        }
        return nodes;
    }

    /** Whether the run can no longer succeed. */
    boolean failing() {
        return failure != null || deadlinePassed || !cancelReason.isEmpty();
    }

    /** Whether nothing new may start, not even what takes outcomes. */
    boolean stopped() {
        return deadlinePassed || !cancelReason.isEmpty();
    }

    /** The state that a failing run ends in. */
    RunState finalState() {
        if (!cancelReason.isEmpty()) {
            return RunState.CANCELLED;
        }
        return deadlinePassed ? RunState.TIMED_OUT : RunState.FAILED;
    }

    /** The task that an attempt names, or null. */
    Task task(int node, int element) {
        if (node >= nodes.length || element >= nodes[node].tasks.length) {
            return null;
        }
        return nodes[node].tasks[element];
    }

    void record(Instant at, Task task, int attempt, String newState, String detail) {
        history.add(new RunImage.Transition(
                at, task == null ? -1 : task.node, task == null ? 0 : task.element, attempt, newState, detail));
    }

    RunImage image() {
        var tasks = new ArrayList<RunImage.TaskImage>();
        for (var node : nodes) {
            for (var task : node.tasks) {
                tasks.add(task.image());
            }
        }
        return new RunImage(
                tenant,
                id,
                neverCaptured,
                generation,
                version,
                state,
                input,
                idempotencyKey,
                priority,
                metadata,
                started,
                deadline,
                tasks,
                cleanUp,
                Optional.ofNullable(failure),
                compensated,
                deadlinePassed,
                cancelReason,
                ended,
                unprojected.isEmpty() ? List.copyOf(history) : joined(unprojected, history));
    }

    private static List<RunImage.Transition> joined(List<RunImage.Transition> first, List<RunImage.Transition> second) {
        var all = new ArrayList<RunImage.Transition>(first.size() + second.size());
        all.addAll(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
