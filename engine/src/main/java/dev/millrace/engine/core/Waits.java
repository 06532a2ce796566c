package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Held;
import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.TaskState;
import dev.millrace.manifest.CollectSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Says what a task waits for. Reads only. */
final class Waits {
    private static final int MOST_OF_MESSAGE = 200;

    private Waits() {}

    /** What holds a task back that is not pending any more; empty when it does not wait. */
    static List<Hold> of(Task task, long nowMicros) {
        return switch (task.state) {
            case QUEUED -> task.run.tenant.scheduler.holds(task, task.queued, nowMicros);
            case BACKING_OFF ->
                List.of(backoff(
                        task.node, task.isBetweenTurns(), task.queued, task.due, Optional.ofNullable(task.failure)));
            case RUNNING, WAITING -> ofWaiting(task);
            case PENDING, ASSIGNED, SUCCEEDED, FAILED, CANCELLED, SKIPPED -> List.of();
        };
    }

    private static List<Hold> ofWaiting(Task task) {
        if (task.held != null) {
            return List.of(budget(task));
        }
        if (task.isAwaiting()) {
            return ofOpen(task.awaited.open(), task.queued);
        }
        return task.trail == null ? List.of() : ofOpen(task.trail.open(), task.started);
    }

    private static Hold backoff(
            Plan.Node node, boolean isBetweenTurns, Instant queued, Instant due, Optional<Failure> failure) {
        var why = failure.map(each -> " It failed with " + each.type() + ": " + shortened(each.message()))
                .orElse("");
        return hold(
                isBetweenTurns ? Gate.TURN : Gate.BACKOFF,
                node.name,
                queued,
                due,
                isBetweenTurns
                        ? "Goes on by itself when the time of its next turn has come."
                        : "Goes on by itself when the time of its next attempt has come." + why);
    }

    private static String shortened(String message) {
        return message.length() <= MOST_OF_MESSAGE ? message : message.substring(0, MOST_OF_MESSAGE) + "…";
    }

    /**
     * What a step waits for, which may be several things at once.
     *
     * @param entered when its newest attempt was: it has waited since then at the earliest
     */
    private static List<Hold> ofOpen(List<Checkpoint> open, Instant entered) {
        return open.stream()
                .map(checkpoint -> hold(
                        Gate.of(checkpoint.kind()),
                        checkpoint.key().name(),
                        entered,
                        checkpoint.until(),
                        help(checkpoint)))
                .toList();
    }

    private static String help(Checkpoint open) {
        var name = "'" + open.key().name() + "'";
        var orLater = open.until().equals(Instant.MAX) ? "." : ", or by itself when its time is over.";
        return switch (open.kind()) {
            case SLEEP -> "Goes on by itself when that time has come.";
            case EVENT -> "Goes on when an event " + name + " is published that it fits" + orLater;
            case SIGNAL -> "Goes on when its run is sent signal " + name + orLater;
            case CHILD -> "Goes on when that run has ended" + orLater;
            default -> "Goes on when somebody answers " + name + orLater;
        };
    }

    static Hold window(Run run) {
        var collect = run.version.plan.triggers.collect();
        var help = collect.isPresent()
                ? "Begins when " + collect.get().maxSize()
                        + " starts have been gathered, or by itself when the time of its" + " window is over."
                : "Begins when no other start has replaced it for "
                        + run.version.plan.triggers.debounce().orElseThrow().quiet()
                        + ", or when its window has been open as long as it may.";
        return new Hold(
                Gate.WINDOW,
                run.version.ref.workflow(),
                run.window.key,
                run.started,
                run.window.closes,
                0,
                run.window.starts,
                collect.map(CollectSpec::maxSize).orElse(0),
                List.of(),
                help);
    }

    private static Hold budget(Task task) {
        var name = task.held.budget();
        long used = task.run.used.amount(name);
        return budget(
                task.held,
                used,
                task.held.asks() ? 0 : task.run.funds.expected(name),
                Budgets.estimate(task, name),
                task.run.deadline);
    }

    /**
     * A budget that holds a task back.
     *
     * @param expected what live attempts are expected to use beyond what has been used
     * @param estimate what the task is expected to use; 0 where nobody says
     */
    private static Hold budget(Held held, long used, long expected, long estimate, Instant deadline) {
        var next = estimate > 0 ? " Its next attempt is expected to use " + estimate + "." : "";
        var help = held.asks()
                ? "Goes on when somebody lets the run use more than " + Budgets.text(held.limit()) + " of '"
                        + held.budget() + "'; else the run ends at its deadline, " + deadline + "." + next
                : "Goes on when attempts that are under way, which are expected to use " + expected
                        + " more, have used less than that; when they have used it all, the budget holds." + next;
        return new Hold(
                Gate.BUDGET,
                held.budget(),
                "",
                held.since(),
                Instant.MAX,
                0,
                used + expected,
                (long) held.limit(),
                List.of(),
                help);
    }

    /** What a task holds back whose run is not in memory; empty when it does not wait, or is not there. */
    static List<Hold> ofStored(RunImage image, Tenant tenant, Plan plan, TaskImage task, long nowMicros) {
        return switch (task.state()) {
            case QUEUED ->
                image.passivity()
                        .flatMap(Passivity::lane)
                        .map(lane -> tenant.scheduler.holds(lane, task.queued(), nowMicros))
                        .orElse(List.of());
            case BACKING_OFF ->
                List.of(backoff(
                        plan.nodes[task.node()], task.isBetweenTurns(), task.queued(), task.due(), task.failure()));
            case WAITING ->
                task.held().isPresent()
                        ? List.of(budget(image, task.held().get()))
                        : ofOpen(
                                task.checkpoints().all().stream()
                                        .filter(Checkpoint::isOpen)
                                        .toList(),
                                task.attempt() == 0 ? task.queued() : task.started());
            case PENDING, ASSIGNED, RUNNING, SUCCEEDED, FAILED, CANCELLED, SKIPPED -> List.of();
        };
    }

    /** No attempt of a run that is out of memory is live. */
    private static Hold budget(RunImage image, Held held) {
        return budget(held, image.usage().amount(held.budget()), 0, 0, image.deadline());
    }

    /** Whether no worker that serves a task is as it requires. */
    static boolean lacksLabels(Task task, long nowMicros) {
        return of(task, nowMicros).stream().anyMatch(hold -> hold.gate() == Gate.NO_MATCHING_WORKER);
    }

    /** What a task waited for when its queue timeout passed, after "and". */
    static String atLast(Task task, long nowMicros) {
        var hold = of(task, nowMicros).get(0);
        var key = hold.key().isEmpty() ? "" : " of key '" + hold.key() + "'";
        return switch (hold.gate()) {
            case CONCURRENCY, RUN_CONCURRENCY ->
                "concurrency limit '" + hold.name() + "'" + key + ", which lets " + hold.limit()
                        + " go on at once, had no room for it. Raise the limit or the timeout.";
            case NO_TOKENS, LIMIT_CLOSED ->
                "rate limit '" + hold.name() + "'" + key + " had no tokens for it. Raise the limit or the timeout.";
            case PAUSED -> "workflow '" + hold.name() + "' was paused. Resume it, then start the run again.";
            case NO_MATCHING_WORKER, NO_WORKER_LARGE_ENOUGH, STICKY_WORKER, PINNED_BUILD ->
                "could not be placed. " + hold.help();
            case WINDOW,
                    PARENTS,
                    EVALUATION,
                    BACKOFF,
                    TURN,
                    BATCH,
                    SLEEP,
                    EVENT,
                    SIGNAL,
                    CHILD,
                    APPROVAL,
                    BUDGET,
                    NO_COMPATIBLE_WORKER,
                    SLOTS_TAKEN,
                    READING,
                    NOTHING -> "no worker had room for it. Add workers or slots, or raise the timeout.";
        };
    }

    /** What holds a step back that has not begun: the parents that have not ended, or the answer to a question. */
    static List<Hold> ofPending(Run run, Plan.Node node) {
        if (run.isInWindow()) {
            return List.of(window(run));
        }
        var holds = parents(run.version.plan, node, run.started, run::stateOf);
        if (run.question(node.number) != null) {
            holds.add(hold(
                    Gate.EVALUATION,
                    node.name,
                    run.started,
                    Instant.MAX,
                    "Goes on when its expressions have been evaluated, which takes milliseconds."));
        }
        if (holds.isEmpty() && !run.hasEnded() && run.mayBegin(node) && run.stateOf(node.number) == TaskState.PENDING) {
            holds.add(hold(
                    Gate.NOTHING,
                    node.name,
                    run.started,
                    Instant.MAX,
                    "Nothing holds it back, and still it waits. That is a fault of the engine: please report it."));
        }
        return holds;
    }

    /** What holds a step back that has not begun, of a run that is not in memory. */
    static List<Hold> ofPending(RunImage image, Plan plan, Plan.Node node) {
        return image.state().isFinal()
                ? List.of()
                : parents(plan, node, image.started(), parent -> stateOf(image, parent));
    }

    /** Of a mapped step: the first state of an element that has not ended, in the order of the states. */
    private static TaskState stateOf(RunImage image, int node) {
        return image.tasks().stream()
                .filter(task -> task.node() == node)
                .map(TaskImage::state)
                .min(Comparator.comparing(TaskState::isFinal).thenComparing(state -> state))
                .orElse(TaskState.PENDING);
    }

    private static List<Hold> parents(Plan plan, Plan.Node node, Instant since, IntFunction<TaskState> states) {
        var holds = new ArrayList<Hold>();
        Arrays.stream(node.edges).mapToInt(edge -> edge.parent()).distinct().forEach(parent -> {
            var state = states.apply(parent);
            if (!state.isFinal()) {
                var name = plan.nodes[parent].name;
                holds.add(hold(
                        Gate.PARENTS,
                        name,
                        since,
                        Instant.MAX,
                        "Goes on when step '" + name + "', which is " + state + ", has ended."));
            }
        });
        return holds;
    }

    private static Hold hold(Gate gate, String name, Instant since, Instant until, String help) {
        return new Hold(gate, name, "", since, until, 0, 0, 0, List.of(), help);
    }
}
