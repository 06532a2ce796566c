package dev.millrace.engine.core;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.RunState;
import dev.millrace.engine.Spent;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Usage;
import dev.millrace.engine.core.Tables.AttemptEvent;
import dev.millrace.engine.core.Tables.RunEvent;
import dev.millrace.engine.core.Tables.TaskEvent;
import java.time.Instant;

/** Applies the facts about attempts. */
final class Attempts {
    private final Memory memory;
    private final States states;
    private final Steps steps;
    private final Withheld withheld;
    private final Trails trails;
    private final Beginnings beginnings;
    private final Loops loops;

    Attempts(
            Memory memory,
            States states,
            Steps steps,
            Withheld withheld,
            Trails trails,
            Beginnings beginnings,
            Loops loops) {
        this.loops = loops;
        this.memory = memory;
        this.states = states;
        this.steps = steps;
        this.withheld = withheld;
        this.trails = trails;
        this.beginnings = beginnings;
    }

    void apply(Fact.OfAttempt fact) {
        var ref = fact.attempt();
        var run = memory.run(ref.run());
        var task = run.task(ref.node(), ref.element());
        if (task == null || run.generation != ref.generation()) {
            throw new IllegalStateException("No task for " + fact + ".");
        }
        memory.markDirty(run);
        if (fact instanceof Fact.AttemptOffered offered) {
            offered(task, offered);
            return;
        }
        requireNewest(task, ref, fact);
        change(task, fact);
        withheld.letGo(run, fact.at());
        states.idle(run, fact.at());
    }

    private void change(Task task, Fact.OfAttempt fact) {
        var at = fact.at();
        if (fact instanceof Fact.AttemptStarted) {
            started(task, at);
        } else if (fact instanceof Fact.AttemptSucceeded succeeded) {
            succeeded(task, succeeded);
        } else if (fact instanceof Fact.TurnEnded turned) {
            leaveWorker(task, at);
            loops.turned(task, turned);
        } else if (fact instanceof Fact.AttemptFailed failed) {
            failed(task, failed);
        } else if (fact instanceof Fact.AttemptExtended extended) {
            extended(task, extended);
        } else if (fact instanceof Fact.SlotsReleased) {
            task.worker.release(task);
            States.note(task, at, "SLOTS_RELEASED", "");
        } else if (fact instanceof Fact.AttemptSpent spent) {
            spent(task, spent);
        } else if (fact instanceof Fact.CheckpointStored stored) {
            trails.stored(task, stored);
        } else if (fact instanceof Fact.AttemptSuspended suspended) {
            states.note(task, AttemptEvent.SUSPENDED, at, "");
            release(task);
            trails.suspended(task, suspended);
        } else if (fact instanceof Fact.RunRestarted restarted) {
            states.note(task, AttemptEvent.SUSPENDED, at, "");
            release(task);
            beginnings.restart(task.run, restarted);
        } else if (fact instanceof Fact.AttemptLost lost) {
            lost(task, at, lost.reason());
        } else if (fact instanceof Fact.AttemptCancelled) {
            states.note(task, AttemptEvent.CANCELLED, at, "");
            release(task);
            steps.cancel(task, at, "");
        } else {
            throw new IllegalStateException("No memory of facts such as " + fact + ".");
        }
    }

    private static void requireNewest(Task task, AttemptRef ref, Fact fact) {
        if (task.attempt != ref.attempt() || !task.state.isLive()) {
            throw new IllegalStateException(
                    "Attempt " + task.attempt + " of the task is " + task.state + ", which contradicts " + fact + ".");
        }
    }

    private void offered(Task task, Fact.AttemptOffered fact) {
        if (fact.attempt().attempt() != task.attempt + 1) {
            throw new IllegalStateException(
                    "The newest attempt is " + task.attempt + ", which contradicts " + fact + ".");
        }
        var at = fact.at();
        states.move(task, TaskEvent.OFFERED);
        task.run.tenant.scheduler.offered(task, Instants.micros(at));
        Steps.leaves(task);
        task.attempt++;
        task.spent = Spent.NONE;
        task.started = Instant.MIN;
        task.due = at;
        task.run.staysOn(fact.build());
        memory.hasCall(fact.call());
        task.run.tenant.worker(fact.worker()).attach(task, fact.call());
        memory.permits.hold(task);
        expect(task);
        if (task.run.state == RunState.QUEUED) {
            states.move(task.run, RunEvent.BUSY, at);
            memory.permits.hold(task.run);
            steps.admitted(task.run);
        }
        States.noteOffer(task, at);
        memory.timers.set(task, Instants.micros(at) + Instants.micros(memory.settings.acceptLease()));
    }

    private void started(Task task, Instant at) {
        states.note(task, AttemptEvent.STARTED, at, "");
        states.move(task, TaskEvent.STARTED);
        task.started = at;
        task.due = Instant.MIN;
        trails.started(task);
        memory.timers.set(task, task.nextMicros());
    }

    private void spent(Task task, Fact.AttemptSpent fact) {
        var more = fact.spent().used().since(task.spent.used());
        task.used = task.used.plus(more);
        task.run.uses(more, fact.at());
        settleTokens(task, fact);
        task.spent = fact.spent();
        expect(task);
        if (!more.isNone()) {
            withheld.holdAgainstBudgets(task.run);
        }
    }

    /** What was reserved for the attempt and not taken goes back; what it took beyond that is missing from now on. */
    private static void settleTokens(Task task, Fact.AttemptSpent fact) {
        if (fact.spent().settled().equals(task.spent.settled())) {
            return;
        }
        var takes = task.takes();
        for (int i = 0; i < takes.size(); i++) {
            var limit = takes.get(i).limit();
            long reserved = task.reserved(i);
            long before = task.spent.settled().amounts().getOrDefault(limit, reserved);
            long actual = fact.spent().settled().amounts().getOrDefault(limit, reserved);
            if (actual != before) {
                task.run
                        .tenant
                        .scheduler
                        .limits()
                        .settle(limit, takes.get(i).key(), actual - before, Instants.micros(fact.at()));
            }
        }
    }

    private void extended(Task task, Fact.AttemptExtended fact) {
        if (task.trail == null) {
            task.due = fact.until();
        } else {
            task.trail.end = fact.until();
        }
        memory.timers.set(task, task.nextMicros());
        States.note(task, fact.at(), "EXTENDED", fact.until().toString());
    }

    private void succeeded(Task task, Fact.AttemptSucceeded fact) {
        leaveWorker(task, fact.at());
        loops.ended(task);
        states.move(task, TaskEvent.SUCCEEDED);
        States.note(task, fact.at(), "");
        task.result = fact.result();
        memory.holds(task.run, task.result);
        task.elements = fact.elements();
        task.run.succeeded(task.worker, fact.at(), task.node.number, task.element);
        steps.end(task, fact.at());
    }

    /** Its attempt has done what it was to do. */
    private void leaveWorker(Task task, Instant at) {
        states.note(task, AttemptEvent.SUCCEEDED, at, Loops.turn(task));
        startIfUnknown(task);
        release(task);
    }

    private void failed(Task task, Fact.AttemptFailed fact) {
        var event = switch (fact.state()) {
            case TIMED_OUT -> AttemptEvent.TIMED_OUT;
            case LOST -> AttemptEvent.LOST;
            case FAILED -> AttemptEvent.FAILED;
            case OFFERED, RUNNING, SUCCEEDED, CANCELLED, SUSPENDED ->
                throw new IllegalStateException("No failure: " + fact + ".");
        };
        states.note(
                task,
                event,
                fact.at(),
                fact.failure().type() + ": " + fact.failure().message());
        startIfUnknown(task);
        release(task);
        if (task.seal != null) {
            sealed(task, fact);
            return;
        }
        task.failure = fact.failure();
        if (!fact.failure().type().equals(Failure.CHECKPOINT_MISMATCH)) {
            task.charged++;
        }
        if (fact.retried()) {
            backOff(task, fact);
        } else {
            steps.fail(task, fact.at());
        }
    }

    private void backOff(Task task, Fact.AttemptFailed fact) {
        states.move(task, TaskEvent.RETRY);
        task.due = fact.retryAt();
        memory.returns.set(task, Instants.micros(task.due));
        task.run.waiting++;
        States.note(task, fact.at(), task.due.toString());
    }

    /** Nothing of it is committed, or the attempt to make sure has failed: why the task was given up stays. */
    private void sealed(Task task, Fact.AttemptFailed fact) {
        if (fact.retried()) {
            backOff(task, fact);
        } else if (!fact.failure().type().equals(Failure.SEALED)) {
            task.failure = fact.failure();
            steps.fail(task, fact.at());
        } else if (task.seal.end() == TaskState.FAILED) {
            steps.fail(task, fact.at());
        } else {
            steps.cancel(task, fact.at(), Failure.SEALED);
        }
    }

    private void lost(Task task, Instant at, String reason) {
        states.note(task, AttemptEvent.LOST, at, reason);
        release(task);
        if (task.seal != null || task.run.mayBegin(task.node) && !task.isCancelling()) {
            states.move(task, TaskEvent.LOST);
            steps.queue(task, at);
        } else {
            steps.cancel(task, at, reason);
        }
    }

    /** An attempt that ended before it was accepted began when it was offered, for all we know. */
    static void startIfUnknown(Task task) {
        if (task.state == TaskState.ASSIGNED) {
            task.started = task.due;
        }
    }

    /** Takes a task from its worker. */
    void release(Task task) {
        memory.timers.cancel(task);
        task.worker.detach(task);
        task.due = Instant.MIN;
        memory.permits.release(task);
        if (task.run.funds != null) {
            task.run.funds.expect(task, Usage.NONE);
        }
    }

    private static void expect(Task task) {
        if (task.run.funds != null) {
            task.run.funds.expect(task, Budgets.outstanding(task));
        }
    }
}
