package dev.millrace.engine.core;

import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Decides what is left to do for a run that stops, and how it ends. */
final class Endings {
    private final Recorder recorder;
    private final Followers followers;

    Endings(Recorder recorder, Followers followers) {
        this.recorder = recorder;
        this.followers = followers;
    }

    private static RunState failedState(Run run) {
        if (!run.cancelReason.isEmpty()) {
            return RunState.CANCELLED;
        }
        return run.failure.cause().type().equals(Failure.RUN_TIMEOUT)
                        && run.failure.step().isEmpty()
                ? RunState.TIMED_OUT
                : RunState.FAILED;
    }

    /** Compensations of what succeeded, last completed first, then the handler. */
    static List<Integer> handlers(Run run) {
        var undone = new ArrayList<Plan.Node>();
        for (int i = 0; i < run.version.plan.steps; i++) {
            var node = run.node(i);
            var fan = run.fan(i);
            boolean done = fan == null ? run.stateOf(i) == TaskState.SUCCEEDED : fan.anySucceeded();
            if (node.compensation >= 0 && done) {
                undone.add(node);
            }
        }
        undone.sort(Comparator.comparing((Plan.Node node) -> endOf(run, node))
                .thenComparing(node -> node.rank)
                .reversed());
        var handlers = new ArrayList<Integer>();
        for (var node : undone) {
            handlers.add(node.compensation);
        }
        if (run.version.plan.onFailure >= 0 && run.cancelReason.isEmpty()) {
            handlers.add(run.version.plan.onFailure);
        }
        return handlers;
    }

    private static Instant endOf(Run run, Plan.Node node) {
        var fan = run.fan(node.number);
        return fan == null ? run.tasks[node.number].ended : fan.ended;
    }

    /** Nothing of it is left to do. */
    void end(Run run) {
        var state = run.isStopping() ? failedState(run) : RunState.SUCCEEDED;
        recorder.record(new Fact.RunEnded(run.tenant.id, recorder.now(), run.id, state, isCompensated(run)));
        followers.tell(run);
    }

    /** Whether there was something to undo and all of it was undone. */
    private static boolean isCompensated(Run run) {
        int undone = 0;
        for (int handler : run.cleanUp) {
            if (handler != run.version.plan.onFailure) {
                if (run.tasks[handler].state != TaskState.SUCCEEDED) {
                    return false;
                }
                undone++;
            }
        }
        return undone > 0;
    }
}
