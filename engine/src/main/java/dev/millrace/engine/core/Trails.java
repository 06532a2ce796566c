package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Fact;
import dev.millrace.engine.TaskState;
import java.time.Instant;

/** Applies the facts about the checkpoints of durable steps. */
final class Trails {
    private final Memory memory;
    private final Steps steps;

    Trails(Memory memory, Steps steps) {
        this.memory = memory;
        this.steps = steps;
    }

    /** The time of a durable step begins when it is entered first, and goes on while it waits. */
    void started(Task task) {
        if (task.trail != null && task.trail.end.equals(Instant.MAX)) {
            task.trail.end = Instants.of(Instants.micros(task.started) + task.node.timeoutMicros);
        }
    }

    void stored(Task task, Fact.CheckpointStored fact) {
        task.run.staysOn(fact.build());
        int size = task.trail.size();
        put(task, task.trail, fact.checkpoint());
        if (fact.checkpoint().isOpen() && fact.checkpoint().kind().isBrought()) {
            memory.rewaits(task.run);
        }
        if (fact.checkpoint().kind().isRemarkable()) {
            States.note(task, fact.at(), "CHECKPOINT", Trail.describe(fact.checkpoint()));
        }
        if (task.trail.size() == Checkpoints.WARN_AT && size < Checkpoints.WARN_AT) {
            States.note(
                    task,
                    fact.at(),
                    "MANY_CHECKPOINTS",
                    Checkpoints.WARN_AT + " of " + Checkpoints.MOST
                            + ": let the run begin anew with durable.restart(…), or split the work into child runs");
        }
        watch(task);
    }

    /** Who gave the answer of an approval: its source says when, and then by whom. */
    private static String by(Checkpoint settled) {
        int space = settled.source().indexOf(' ');
        return settled.kind() == CheckpointKind.APPROVAL && space >= 0
                ? " by " + settled.source().substring(space + 1)
                : "";
    }

    void settled(Task task, Fact.CheckpointSettled fact) {
        var trail = task.trailOf(fact.key());
        var open = trail.get(fact.key());
        var settled = open.settled(fact.state(), fact.order(), fact.value(), fact.failure(), fact.source());
        put(task, trail, settled);
        if (open.kind().isBrought()) {
            memory.rewaits(task.run);
        }
        if (open.kind() == CheckpointKind.SIGNAL && fact.state() == Checkpoint.State.DONE) {
            var signal = task.run.mailbox.take(fact.source());
            memory.holds(task.run, -(long) signal.payload().data().length);
        }
        States.note(task, fact.at(), "CHECKPOINT", Trail.describe(settled) + " " + settled.state() + by(settled));
        if (fact.key().isBefore()) {
            steps.arrived(task, settled, fact.at());
        } else if (task.state != TaskState.WAITING || task.held != null) {
            watch(task);
        } else if (task.trail.newest() >= task.trail.wake) {
            goOn(task, fact.at());
        } else {
            steps.waitOn(task);
        }
    }

    private void put(Task task, Trail trail, Checkpoint checkpoint) {
        long before = trail.held();
        trail.put(checkpoint);
        memory.holds(task.run, trail.held() - before);
    }

    void received(Run run, Fact.SignalReceived fact) {
        if (run.mailbox == null) {
            run.mailbox = new Mailbox();
        }
        run.mailbox.put(fact.signal());
        memory.holds(run, fact.signal().payload());
        States.note(run, fact.at(), "SIGNALLED", fact.signal().name());
    }

    /** A step of a run that is ending does not wait any longer; one for which there is news goes on at once. */
    void suspended(Task task, Fact.AttemptSuspended fact) {
        task.trail.wake = fact.seen() + fact.needs();
        steps.wait(task, fact.at());
        if (!task.run.mayBegin(task.node) || task.isCancelling()) {
            steps.takeBack(task);
            steps.cancel(task, fact.at(), "it only waited, and the run is ending");
        } else if (task.trail.newest() >= task.trail.wake) {
            goOn(task, fact.at());
        }
    }

    private void goOn(Task task, Instant at) {
        task.trail.wake = 0;
        steps.resume(task, at);
    }

    /** While it runs it is due when a wait is. The timers of those whose worker is away stand still. */
    private void watch(Task task) {
        if (task.state == TaskState.RUNNING && task.worker.isConnected()) {
            memory.timers.set(task, task.nextMicros());
        }
    }
}
