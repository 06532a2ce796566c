package dev.millrace.engine.core;

import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Says what a task waits for. Reads only. */
final class Waits {

    private Waits() {}

    /** What holds a task back that is not pending any more; empty when it does not wait. */
    static List<Hold> of(Task task, long nowMicros) {
        return switch (task.state) {
            case QUEUED -> task.run.tenant.scheduler.holds(task, task.queued, nowMicros);
            case BACKING_OFF ->
                List.of(hold(
                        Gate.BACKOFF,
                        task.node.name,
                        task.queued,
                        task.due,
                        "Goes on by itself when the time of its next attempt has come."));
            case PENDING, ASSIGNED, RUNNING, WAITING, SUCCEEDED, FAILED, CANCELLED, SKIPPED -> List.of();
        };
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
            case NO_MATCHING_WORKER, NO_WORKER_LARGE_ENOUGH, STICKY_WORKER -> "could not be placed. " + hold.help();
            case PARENTS, EVALUATION, BACKOFF, NO_COMPATIBLE_WORKER, SLOTS_TAKEN, NOTHING ->
                "no worker had room for it. Add workers or slots, or raise the timeout.";
        };
    }

    /** What holds a step back that has not begun: the parents that have not ended, or the answer to a question. */
    static List<Hold> ofPending(Run run, Plan.Node node) {
        var holds = new ArrayList<Hold>();
        for (int i = 0; i < node.edges.length; i++) {
            int parent = node.edges[i].parent();
            boolean seen = false;
            for (int j = 0; j < i; j++) {
                seen |= node.edges[j].parent() == parent;
            }
            if (!seen && !run.stateOf(parent).isFinal()) {
                holds.add(hold(
                        Gate.PARENTS,
                        run.node(parent).name,
                        run.started,
                        Instant.MAX,
                        "Goes on when step '" + run.node(parent).name + "', which is " + run.stateOf(parent)
                                + ", has ended."));
            }
        }
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

    private static Hold hold(Gate gate, String name, Instant since, Instant until, String help) {
        return new Hold(gate, name, "", since, until, 0, 0, 0, List.of(), help);
    }
}
