package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Command.Content;
import dev.millrace.engine.Command.NewCheckpoint;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Effect.StoredCheckpoint;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Parent;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Signal;
import dev.millrace.engine.TaskState;
import dev.millrace.manifest.Pinning;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides about durable steps: what of their actions is stored, what ends their waits, when they leave their workers. */
final class Durables {
    private final Recorder recorder;
    private final Progress progress;
    private final Timeouts timeouts;
    private final Children children;
    private final Answers answers;

    Durables(Recorder recorder, Progress progress, Timeouts timeouts, Children children, Answers answers) {
        this.recorder = recorder;
        this.progress = progress;
        this.timeouts = timeouts;
        this.children = children;
        this.answers = answers;
    }

    // ---- what the worker says ----

    /** Stores what is new of it, and says what is stored. A step that is not durable, or has too many, fails. */
    void store(Task task, List<NewCheckpoint> made) {
        progress.accept(task);
        if (task.trail == null) {
            progress.abort(
                    task,
                    Failure.CHECKPOINT_MISMATCH,
                    "Step '" + task.node.name + "' is not durable, but its worker sent checkpoints.");
            return;
        }
        var stored = new ArrayList<StoredCheckpoint>(made.size());
        for (var each : made) {
            var problem = each(task, each, stored);
            if (!problem.isEmpty()) {
                answer(task, stored);
                progress.abort(task, problem.get(0), problem.get(1));
                return;
            }
        }
        answer(task, stored);
        repeat(task, made);
        deliver(task);
        settleDue(task, task.trail);
    }

    /** The code and the words of what is wrong with it; empty when it is stored. */
    private List<String> each(Task task, NewCheckpoint made, List<StoredCheckpoint> stored) {
        var before = task.trail.get(made.key());
        if (made.key().isBefore()) {
            return List.of(Failure.CHECKPOINT_MISMATCH, "No code is in branch '" + CheckpointKey.BEFORE + "'.");
        } else if (before == null || before.isReplaceable() && made.kind() == before.kind()) {
            var checkpoint = checkpoint(task, made);
            var limit = beyond(task, checkpoint);
            if (!limit.isEmpty()) {
                return limit;
            }
            recorder.record(
                    new Fact.CheckpointStored(task.run.tenant.id, recorder.now(), task.ref(), checkpoint, build(task)));
            if (made.content() instanceof Content.Child child && checkpoint.isOpen()) {
                children.begin(task, checkpoint, child);
            }
            answers.stored(task.run.id, checkpoint);
            before = checkpoint;
        } else if (!before.matches(made.place(), made.kind(), made.digest())) {
            return List.of(
                    Failure.CHECKPOINT_MISMATCH,
                    "The code asks for " + made.kind() + " " + made.key() + " at place " + made.place()
                            + ", but stored is " + Trail.describe(before) + " at place " + before.place()
                            + (before.digest().equals(made.digest()) ? "" : ", with other arguments") + ".");
        }
        stored.add(new StoredCheckpoint(
                made.number(), before.order(), before.kind() == CheckpointKind.CHILD ? before.source() : ""));
        return List.of();
    }

    /** Code that has stored something goes on with the build that stored it; empty where that does not change. */
    private static String build(Task task) {
        var run = task.run;
        if (run.version.plan.pinning == Pinning.SHAPE) {
            return "";
        }
        var build = task.worker.build(run.version.ref.workflow());
        return build.equals(run.build) ? "" : build;
    }

    private Checkpoint checkpoint(Task task, NewCheckpoint made) {
        var trail = task.trail;
        var content = made.content();
        if (content instanceof Content.Value value) {
            return settled(trail, made, Checkpoint.State.DONE, value.value(), Optional.empty());
        } else if (content instanceof Content.Failed failed) {
            return settled(trail, made, Checkpoint.State.FAILED, Payload.NONE, Optional.of(failed.failure()));
        } else if (content instanceof Content.Wait wait) {
            return open(made, Instants.of(recorder.nowMicros() + Instants.micros(wait.atMost())), wait.ask());
        } else if (content instanceof Content.Child child) {
            return children.checkpoint(task, made, child);
        } else {
            return open(made, Instants.whole(((Content.WaitUntil) content).until()), Payload.NONE);
        }
    }

    private Checkpoint settled(
            Trail trail, NewCheckpoint made, Checkpoint.State state, Payload value, Optional<Failure> failure) {
        return new Checkpoint(
                made.key(),
                made.place(),
                made.kind(),
                made.digest(),
                state,
                trail.newest() + 1,
                Instant.MAX,
                value,
                failure,
                made.kind() == CheckpointKind.STATE ? recorder.now().toString() : "");
    }

    private static Checkpoint open(NewCheckpoint made, Instant until, Payload ask) {
        return new Checkpoint(
                made.key(),
                made.place(),
                made.kind(),
                made.digest(),
                Checkpoint.State.OPEN,
                0,
                until,
                ask,
                Optional.empty());
    }

    /** Code and words of why there cannot be one more; empty if there can. */
    private static List<String> beyond(Task task, Checkpoint next) {
        if (next.kind() == CheckpointKind.CHILD && task.trail.children() >= Parent.MOST_CHILDREN) {
            return List.of(
                    Failure.CHILD_LIMIT,
                    "Step '" + task.node.name + "' has started " + Parent.MOST_CHILDREN
                            + " children, which is as many as a durable step may start. Let children start children of"
                            + " their own.");
        }
        if (next.kind() != CheckpointKind.CHILD && task.trail.size() >= Checkpoints.MOST) {
            return List.of(
                    Failure.CHECKPOINT_LIMIT,
                    "Step '" + task.node.name + "' has " + Checkpoints.MOST
                            + " checkpoints, which is as many as a durable step may have. Let the run begin anew before that,"
                            + " with durable.restart(…), or split the work into child runs.");
        }
        return task.trail.bytes() + next.size() <= Checkpoints.MOST_BYTES
                ? List.of()
                : List.of(
                        Failure.CHECKPOINT_LIMIT,
                        "The checkpoints of step '" + task.node.name + "' take " + task.trail.bytes() + " bytes, and "
                                + Trail.describe(next) + " takes " + next.size() + " more; they may take "
                                + Checkpoints.MOST_BYTES + ". Keep large data elsewhere and store where it is.");
    }

    private void answer(Task task, List<StoredCheckpoint> stored) {
        if (!stored.isEmpty()) {
            recorder.effect(new Effect.CheckpointsStored(task.worker.session, task.ref(), stored));
        }
    }

    /** A worker that came back asks again for what it waits for: what was settled meanwhile it may not have heard. */
    private void repeat(Task task, List<NewCheckpoint> made) {
        for (var each : made) {
            var checkpoint = task.trail.get(each.key());
            boolean waited = each.kind().isWait(); // also where what it would wait for can never come
            if (waited && !checkpoint.isOpen()) {
                tell(task, checkpoint);
            }
        }
    }

    /** The attempt has left its worker. */
    void suspend(Task task, int seen, int needs) {
        progress.accept(task);
        if (task.trail == null) {
            progress.lose(task, "its worker suspended a step that is not durable");
            return;
        }
        recorder.record(new Fact.AttemptSuspended(task.run.tenant.id, recorder.now(), task.ref(), seen, needs));
        progress.settle(task.run);
    }

    // ---- what ends waits ----

    /** A task's timer came due: returns whether it was for a wait, or for the end of a step that waits. */
    boolean due(Task task) {
        if (task.isAwaiting()) {
            settleDue(task, task.awaited);
            return true;
        }
        if (task.held != null) {
            if (task.trail != null && recorder.nowMicros() >= task.trail.endMicros()) {
                timeouts.timedOut(task);
            }
            return true; // what else it waits for can wait, and the run's deadline is the run's
        }
        if (task.trail == null || task.state != TaskState.RUNNING && task.state != TaskState.WAITING) {
            return false;
        }
        boolean waited = settleDue(task, task.trail);
        if (recorder.nowMicros() < task.trail.endMicros()) {
            return waited;
        }
        if (task.state == TaskState.WAITING) {
            timeouts.timedOut(task);
            return true;
        }
        return false;
    }

    private boolean settleDue(Task task, Trail trail) {
        var due = trail.due(recorder.nowMicros());
        for (var checkpoint : due) {
            if (task.state.isFinal()) {
                break; // it could not do without the one before
            }
            boolean slept = checkpoint.kind() == CheckpointKind.SLEEP;
            settle(
                    task,
                    checkpoint,
                    slept ? Checkpoint.State.DONE : Checkpoint.State.TIMED_OUT,
                    Payload.NONE,
                    Optional.empty(),
                    "");
        }
        return !due.isEmpty();
    }

    // ---- signals ----

    /** Takes a signal in, and gives it to the step that waits for it. */
    void receive(Run run, Signal signal) {
        recorder.record(new Fact.SignalReceived(run.tenant.id, recorder.now(), run.id, signal));
        for (int node = 0; node < run.tasks.length; node++) {
            var fan = run.fan(node);
            if (fan == null) {
                deliver(run.tasks[node]);
            } else {
                for (var task : fan.elements) {
                    deliver(task);
                }
            }
        }
    }

    /** Gives a task what it waits for of the signals that are there: the oldest wait gets the oldest signal. */
    private void deliver(Task task) {
        if (task == null || task.trail == null || task.state.isFinal()) {
            return;
        }
        var mailbox = task.run.mailbox;
        if (mailbox == null || mailbox.isEmpty()) {
            return;
        }
        for (var wait : task.trail.open(CheckpointKind.SIGNAL)) {
            var signal = mailbox.first(wait.key().name());
            if (signal != null) {
                settle(task, wait, Checkpoint.State.DONE, signal.payload(), Optional.empty(), signal.request());
            }
        }
    }

    /**
     * Settles an open wait of a task that has not ended.
     *
     * @param source what settled it; empty for nothing from outside
     */
    void settle(
            Task task,
            Checkpoint open,
            Checkpoint.State state,
            Payload value,
            Optional<Failure> failure,
            String source) {
        var run = task.run;
        var trail = task.trailOf(open.key());
        recorder.record(new Fact.CheckpointSettled(
                run.tenant.id,
                recorder.now(),
                run.id,
                run.generation,
                task.node.number,
                task.element,
                open.key(),
                state,
                trail.newest() + 1,
                value,
                failure,
                source));
        var settled = trail.get(open.key());
        if (open.key().isBefore()) {
            failWithout(task, settled);
        } else {
            tell(task, settled);
        }
    }

    /** A task that cannot begin without what did not come has failed. */
    private void failWithout(Task task, Checkpoint settled) {
        if (settled.state() == Checkpoint.State.DONE || Steps.isOptional(task, settled)) {
            return;
        }
        boolean event = settled.kind() == CheckpointKind.EVENT;
        var name = "'" + settled.key().name() + "'";
        progress.failUnbegun(
                task,
                Failure.of(
                        event ? Failure.EVENT_TIMEOUT : Failure.APPROVAL_TIMEOUT,
                        "Step '" + task.node.name + "' cannot begin: "
                                + (event
                                        ? "no event " + name + " that it fits was published until "
                                        : "nobody answered " + name + " until ")
                                + recorder.now()
                                + ". Where it can do without, let the parameter be an Optional."));
    }

    private void tell(Task task, Checkpoint settled) {
        if (task.state.isLive() && task.worker.isConnected()) {
            recorder.effect(new Effect.CheckpointSettled(task.worker.session, task.ref(), settled));
        }
    }
}
