package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TaskState;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;

/**
 * Decides about the ends of runs that have parents or children. A child ends in the same commit as its parent's wait for it, and a step that
 * ends without success has its children cancelled before its run ends. Where the other run is out of memory it is loaded first, and until then the
 * run does not end: so nothing is owed to anybody that a crash could lose, and what was asked for is asked for again after one.
 */
final class Kinship {
    private final Memory memory;
    private final Unsettled unsettled;
    private final Progress progress;
    private final Durables durables;
    private final Inquiries inquiries;

    Kinship(Memory memory, Unsettled unsettled, Progress progress, Durables durables, Inquiries inquiries) {
        this.memory = memory;
        this.unsettled = unsettled;
        this.progress = progress;
        this.durables = durables;
        this.inquiries = inquiries;
    }

    /** Whether a run may not end before this has been asked. */
    static boolean concerns(Run run) {
        return run.parent != null || owes(run);
    }

    /** Whether steps of the run ended without success, and not all of their children have been cancelled yet. */
    static boolean owes(Run run) {
        if (!run.version.plan.hasDurable) {
            return false;
        }
        for (int node = 0; node < run.version.plan.steps; node++) {
            var fan = run.fan(node);
            if (fan == null) {
                if (owes(run.tasks[node])) {
                    return true;
                }
            } else {
                for (var task : fan.elements) {
                    if (owes(task)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    static boolean owes(Task task) {
        return task != null
                && task.trail != null
                && task.trail.openChildren() > 0
                && task.state.isFinal()
                && task.state != TaskState.SUCCEEDED;
    }

    /** Decides what has come up. */
    void goOn() {
        while (!unsettled.parting.isEmpty() || !unsettled.leaving.isEmpty()) {
            var task = unsettled.parting.poll();
            if (task != null) {
                part(task);
            } else {
                end(unsettled.leaving.remove());
            }
        }
    }

    /** After a recovery: what was on its way is looked at again with the next command, because only then somebody listens. */
    void recovered(long nowMicros) {
        memory.runs.values().stream()
                .filter(run -> run.active == 0 && !run.hasEnded())
                .sorted(Comparator.comparing(run -> run.id))
                .forEach(run -> memory.timers.set(run, nowMicros));
    }

    // ---- ends ----

    private void end(Run run) {
        if (run.hasEnded() || run.active > 0) {
            return;
        }
        if (owes(run)) {
            partFromAll(run);
        } else if (run.parent == null || run.isOrphan) {
            progress.end(run);
        } else {
            var parent = memory.runs.get(run.parent.run());
            if (parent == null) {
                visitParent(run);
            } else {
                progress.end(run);
                tell(parent, run);
            }
        }
    }

    private void visitParent(Run run) {
        if (run.visits) {
            return;
        }
        run.visits = true;
        var parent = run.parent.run();
        inquiries.visit(run.tenant.id, parent, () -> {
            run.visits = false;
            run.isOrphan = !memory.runs.containsKey(parent);
            unsettled.leaving.add(run);
        });
    }

    /** The parent's step goes on, if it still waits. */
    private void tell(Run parent, Run child) {
        var link = child.parent;
        var task = parent.generation == link.generation() ? parent.task(link.node(), link.element()) : null;
        var wait = task == null || task.trail == null || task.state.isFinal() ? null : task.trail.get(link.key());
        if (wait == null || !wait.isOpen() || !wait.source().equals(child.id.toString())) {
            return;
        }
        boolean succeeded = child.state == RunState.SUCCEEDED;
        durables.settle(
                task,
                wait,
                succeeded ? Checkpoint.State.DONE : Checkpoint.State.FAILED,
                Payload.NONE,
                succeeded ? Optional.empty() : Optional.of(failure(child)),
                wait.source());
    }

    private static Failure failure(Run child) {
        var who = "Child " + child.id + " of workflow '" + child.version.ref.workflow() + "' ";
        return switch (child.state) {
            case CANCELLED -> Failure.of(Failure.CHILD_CANCELLED, who + "was cancelled: " + child.cancelReason);
            case TIMED_OUT ->
                Failure.of(Failure.CHILD_TIMED_OUT, who + "ran out of time: its deadline was " + child.deadline + ".");
            case FAILED -> {
                var cause = child.failure.cause();
                var step = child.failure.step().isEmpty() ? "" : " in step '" + child.failure.step() + "'";
                yield Failure.of(
                        Failure.CHILD_FAILED, who + "failed" + step + ": " + cause.type() + ": " + cause.message());
            }
            case QUEUED, RUNNING, WAITING, SUCCEEDED ->
                throw new IllegalStateException("Run " + child.id + " is " + child.state + ", which is no failure.");
        };
    }

    // ---- cancels ----

    private void partFromAll(Run run) {
        for (int node = 0; node < run.version.plan.steps; node++) {
            var fan = run.fan(node);
            if (fan == null) {
                part(run.tasks[node]);
            } else {
                for (var task : fan.elements) {
                    part(task);
                }
            }
        }
    }

    /** The step has ended without success: its children are cancelled, wherever they are. */
    private void part(Task task) {
        if (!owes(task) || task.isParting) {
            return;
        }
        task.isParting = true;
        for (var wait : task.trail.open(CheckpointKind.CHILD)) {
            var child = new RunId(UUID.fromString(wait.source()));
            if (memory.runs.containsKey(child)) {
                part(task, wait, child);
            } else {
                inquiries.visit(task.run.tenant.id, child, () -> part(task, wait, child));
            }
        }
    }

    private void part(Task task, Checkpoint wait, RunId id) {
        if (!task.trail.get(wait.key()).isOpen()) {
            return; // it has ended meanwhile
        }
        var run = task.run;
        durables.settle(
                task,
                wait,
                Checkpoint.State.FAILED,
                Payload.NONE,
                Optional.of(Failure.of(
                        Failure.PARENT_ENDED, "Step '" + task.node.name + "' does not wait for its child any more.")),
                wait.source());
        var child = memory.runs.get(id);
        if (child != null
                && child.parent != null
                && !child.parent.abandoned()
                && !child.isHalted()
                && !child.isCleaningUp()
                && !child.hasEnded()) {
            progress.cancel(
                    child, "step '" + task.node.name + "' of its parent, run " + run.id + ", ended without success");
        }
        progress.settle(run);
    }
}
