package dev.millrace.engine.core;

import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.core.Tables.AttemptEvent;
import dev.millrace.engine.core.Tables.RunEvent;
import dev.millrace.engine.core.Tables.TaskEvent;

/**
 * Changes the memory of runs, by applying facts: the same way when a fact has just been decided and when it is replayed. What follows
 * from facts alone is applied with them, by {@link Steps}.
 */
final class Ledger {
    /** What the history says of a run that runs again. */
    static final String REPLAYED = "REPLAYED";

    private final Memory memory;
    private final States states;
    final Steps steps;
    final Rebuilder rebuilder;
    private final Withheld withheld;
    private final Trails trails;
    private final Beginnings beginnings;
    private final Loops loops;
    private final Attempts attempts;
    final StartWindows windows;

    Ledger(Memory memory, States states) {
        this.memory = memory;
        this.states = states;
        this.steps = new Steps(memory, states);
        this.rebuilder = new Rebuilder(memory, steps.unsettled.toAsk);
        this.withheld = new Withheld(memory, states, steps);
        this.trails = new Trails(memory, steps);
        this.loops = new Loops(memory, states, steps);
        this.windows = new StartWindows(memory);
        this.beginnings = new Beginnings(memory, steps, rebuilder, windows);
        this.attempts = new Attempts(memory, states, steps, withheld, trails, beginnings, loops);
    }

    void apply(Fact fact) {
        steps.comeBack();
        if (fact instanceof Fact.OfAttempt attempt) {
            attempts.apply(attempt);
        } else if (fact instanceof Fact.OfRun ofRun) {
            applyToRun(ofRun);
        } else if (fact instanceof Fact.KeyClaimed claimed) {
            memory.keys.put(claimed.entry());
        } else if (fact instanceof Fact.RateLimitClosed closed) {
            memory.tenant(closed.tenant())
                    .scheduler
                    .limits()
                    .close(closed.limit(), closed.key(), Instants.micros(closed.until()));
        } else {
            throw new IllegalStateException("No memory of facts such as " + fact + ".");
        }
    }

    // ---- tasks ----

    private void cancelRequested(Task task, Fact.TaskCancelRequested fact) {
        String detail = "by " + fact.by() + ": " + fact.reason();
        task.failure = Failure.of(Failure.TASK_CANCELLED, "Cancelled " + detail);
        if (task.state.isLive()) {
            States.note(task, fact.at(), "CANCELLING", detail);
        } else {
            steps.takeBack(task);
            states.wake(task.run, fact.at());
            steps.cancel(task, fact.at(), detail);
        }
    }

    private void settled(Task task, Fact.TaskSettled fact) {
        var at = fact.at();
        String detail = "by " + fact.by() + ": " + fact.reason();
        if (task.state.isLive()) {
            states.note(task, AttemptEvent.CANCELLED, at, detail);
            Attempts.startIfUnknown(task);
            attempts.release(task);
        } else {
            steps.takeBack(task);
        }
        states.wake(task.run, at);
        if (fact.state() != TaskState.FAILED) {
            loops.ended(task);
        }
        switch (fact.state()) {
            case SUCCEEDED -> {
                states.move(task, TaskEvent.SETTLED_SUCCEEDED);
                task.result = fact.result();
                memory.holds(task.run, task.result);
                task.elements = fact.elements();
                if (task.worker != null) {
                    task.run.succeeded(task.worker, at, task.node.number, task.element);
                }
            }
            case FAILED -> {
                states.move(task, TaskEvent.SETTLED_FAILED);
                task.failure = Failure.of(Failure.FAILED_BY_HAND, "Failed " + detail);
            }
            case SKIPPED -> states.move(task, TaskEvent.SETTLED_SKIPPED);
            case PENDING, QUEUED, ASSIGNED, RUNNING, WAITING, BACKING_OFF, CANCELLED ->
                throw new IllegalStateException("No task can be settled so: " + fact + ".");
        }
        States.note(task, at, detail);
        if (task.state == TaskState.FAILED) {
            steps.endAndStop(task, at);
        } else {
            steps.end(task, at);
        }
    }

    /** A task failed that no worker has, or a step that was not to begin before the edge had told how. */
    private void failed(Run run, Fact.TaskFailed fact) {
        var task = run.task(fact.node(), fact.element());
        if (task == null) {
            steps.close(run, run.node(fact.node()));
            task = Steps.newTask(run, run.node(fact.node()));
            run.active++;
        }
        task.failure = fact.failure();
        steps.takeBack(task);
        states.wake(run, fact.at());
        steps.fail(task, fact.at());
    }

    // ---- runs ----

    private void applyToRun(Fact.OfRun fact) {
        var at = fact.at();
        if (fact instanceof Fact.RunStarted started) {
            beginnings.begin(started);
            return;
        } else if (fact instanceof Fact.RunReplayed replayed) {
            beginnings.replay(replayed);
            return;
        }
        var run = memory.run(fact.run());
        memory.markDirty(run);
        if (fact instanceof Fact.TaskSkipped skipped) {
            steps.skip(run, run.node(skipped.node()), at, skipped.reason());
        } else if (fact instanceof Fact.StartJoined joined) {
            windows.join(run, joined);
            Beginnings.throttle(run, at);
        } else if (fact instanceof Fact.RunNoted noted) {
            States.note(run, at, noted.what(), noted.detail());
        } else if (fact instanceof Fact.WindowClosed closed) {
            beginnings.close(run, closed);
        } else if (fact instanceof Fact.TaskFailed failed) {
            failed(run, failed);
        } else if (fact instanceof Fact.TaskHeld held) {
            held(run.task(held.node(), held.element()), held);
        } else if (fact instanceof Fact.BudgetRaised raised) {
            States.note(
                    run,
                    at,
                    "BUDGET_RAISED",
                    "'" + raised.budget() + "' to " + raised.limit() + " by " + raised.by() + ": " + raised.reason());
            withheld.raised(run, raised.budget(), raised.limit(), at);
        } else if (fact instanceof Fact.StepAdmitted admitted) {
            steps.close(run, run.node(admitted.node()));
            steps.begin(run, run.node(admitted.node()), admitted.verdicts(), at);
        } else if (fact instanceof Fact.TaskCancelRequested requested) {
            cancelRequested(run.task(requested.node(), requested.element()), requested);
        } else if (fact instanceof Fact.TaskSettled settled) {
            settled(run.task(settled.node(), settled.element()), settled);
        } else if (fact instanceof Fact.CheckpointSettled settled) {
            trails.settled(run.task(settled.node(), settled.element()), settled);
        } else if (fact instanceof Fact.SignalReceived received) {
            trails.received(run, received);
        } else if (fact instanceof Fact.RunCancelRequested requested) {
            if (run.window != null) {
                windows.leave(run);
            }
            run.cancelReason = requested.reason();
            States.note(run, at, "CANCELLING", requested.reason());
            steps.stop(run, at);
        } else if (fact instanceof Fact.RunDeadlinePassed) {
            run.deadlinePassed = true;
            if (run.failure == null) {
                run.failure = new RunFailure(
                        "", Failure.of(Failure.RUN_TIMEOUT, "The run's deadline " + run.deadline + " passed."));
            }
            States.note(run, at, "DEADLINE_PASSED", "");
            steps.stop(run, at);
        } else if (fact instanceof Fact.CleanUpStarted cleanUp) {
            run.cleanUp = cleanUp.handlers();
            memory.timers.cancel(run);
            States.note(run, at, "CLEANING_UP", "");
            steps.beginCleanUp(run, at);
        } else if (fact instanceof Fact.RunEnded ended) {
            end(run, ended);
        } else {
            throw new IllegalStateException("No memory of facts such as " + fact + ".");
        }
        withheld.letGo(run, at);
        states.idle(run, at);
    }

    private void held(Task task, Fact.TaskHeld fact) {
        for (var budget : task.run.version.plan.budgets) {
            if (budget.name().equals(fact.budget())) {
                withheld.hold(task, budget, fact.at());
                return;
            }
        }
        throw new IllegalStateException("There is no budget '" + fact.budget() + "', which contradicts " + fact + ".");
    }

    private void end(Run run, Fact.RunEnded fact) {
        var event = switch (fact.state()) {
            case SUCCEEDED -> RunEvent.SUCCEEDED;
            case FAILED -> RunEvent.FAILED;
            case CANCELLED -> RunEvent.CANCELLED;
            case TIMED_OUT -> RunEvent.TIMED_OUT;
            case QUEUED, RUNNING, WAITING -> throw new IllegalStateException("No end: " + fact + ".");
        };
        run.ended = fact.at();
        run.compensated = fact.compensated();
        memory.timers.cancel(run);
        memory.permits.release(run);
        states.move(run, event, fact.at());
    }
}
