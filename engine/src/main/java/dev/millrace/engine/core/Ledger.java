package dev.millrace.engine.core;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunState;
import dev.millrace.engine.Spent;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Usage;
import dev.millrace.engine.core.Tables.AttemptEvent;
import dev.millrace.engine.core.Tables.RunEvent;
import dev.millrace.engine.core.Tables.TaskEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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
    private final Trails trails;

    Ledger(Memory memory, States states) {
        this.memory = memory;
        this.states = states;
        this.steps = new Steps(memory, states);
        this.rebuilder = new Rebuilder(memory, steps.toAsk);
        this.trails = new Trails(memory, steps);
    }

    void apply(Fact fact) {
        if (fact instanceof Fact.OfAttempt attempt) {
            applyToTask(attempt);
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

    // ---- attempts ----

    private void applyToTask(Fact.OfAttempt fact) {
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
        steps.letGo(run, fact.at());
        states.idle(run, fact.at());
    }

    private void change(Task task, Fact.OfAttempt fact) {
        var at = fact.at();
        if (fact instanceof Fact.AttemptStarted) {
            started(task, at);
        } else if (fact instanceof Fact.AttemptSucceeded succeeded) {
            succeeded(task, succeeded);
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
        task.attempt++;
        task.spent = Spent.NONE;
        task.started = Instant.MIN;
        task.due = at;
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
            steps.holdAgainstBudgets(task.run);
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
        states.note(task, AttemptEvent.SUCCEEDED, fact.at(), "");
        startIfUnknown(task);
        release(task);
        states.move(task, TaskEvent.SUCCEEDED);
        States.note(task, fact.at(), "");
        task.result = fact.result();
        memory.holds(task.run, task.result);
        task.elements = fact.elements();
        task.run.succeeded(task.worker, fact.at(), task.node.number, task.element);
        steps.end(task, fact.at());
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
        memory.timers.set(task, Instants.micros(task.due));
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
    private static void startIfUnknown(Task task) {
        if (task.state == TaskState.ASSIGNED) {
            task.started = task.due;
        }
    }

    /** Takes a task from its worker. */
    private void release(Task task) {
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
            startIfUnknown(task);
            release(task);
        } else {
            steps.takeBack(task);
        }
        states.wake(task.run, at);
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
            begin(started);
            return;
        } else if (fact instanceof Fact.RunReplayed replayed) {
            replay(replayed);
            return;
        }
        var run = memory.run(fact.run());
        memory.markDirty(run);
        if (fact instanceof Fact.TaskSkipped skipped) {
            steps.skip(run, run.node(skipped.node()), at, skipped.reason());
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
            steps.raised(run, raised.budget(), raised.limit(), at);
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
        steps.letGo(run, at);
        states.idle(run, at);
    }

    private void held(Task task, Fact.TaskHeld fact) {
        for (var budget : task.run.version.plan.budgets) {
            if (budget.name().equals(fact.budget())) {
                steps.hold(task, budget, fact.at());
                return;
            }
        }
        throw new IllegalStateException("There is no budget '" + fact.budget() + "', which contradicts " + fact + ".");
    }

    private void begin(Fact.RunStarted fact) {
        var tenant = memory.tenant(fact.tenant());
        var run = new Run(
                tenant,
                fact.run(),
                fact.generation(),
                memory.version(tenant, fact.version()),
                fact.input(),
                fact.idempotencyKey(),
                fact.priority(),
                fact.metadata(),
                fact.at(),
                fact.deadline(),
                fact.terms(),
                fact.parent());
        if (!memory.add(run)) {
            throw new IllegalStateException("Run " + run.id + " was started twice.");
        }
        memory.markDirty(run);
        memory.timers.set(run, Instants.micros(run.deadline));
        States.note(run, fact.at(), run.state.name(), "");
        admit(run, fact.at());
        steps.contend(run);
        for (int number : run.version.plan.ordered) {
            var node = run.node(number);
            if (node.parents > 0) {
                break;
            }
            if (run.isPending(number)) {
                steps.ready(run, node, fact.at());
            }
        }
    }

    /** A run whose own keys cannot be told will not succeed: whatever group it ran in would be somebody else's. */
    private void admit(Run run, Instant at) {
        var failure = run.terms.failure();
        if (failure.isPresent()) {
            run.failure = new RunFailure("", failure.get());
            steps.stop(run, at);
        }
    }

    /** The run may be in memory still, or was forgotten, or was never there. */
    private void replay(Fact.RunReplayed fact) {
        var run = memory.runs.get(fact.run());
        if (run == null) {
            var tenant = memory.tenant(fact.tenant());
            run = new Run(
                    tenant,
                    fact.run(),
                    fact.generation(),
                    memory.version(tenant, fact.version()),
                    fact.input(),
                    fact.idempotencyKey(),
                    fact.priority(),
                    fact.metadata(),
                    fact.started(),
                    fact.deadline(),
                    fact.terms(),
                    fact.parent());
            run.known = true;
        } else {
            keepAsItEnded(run);
            memory.remove(run);
            run.restart(fact.generation(), fact.input(), fact.deadline(), fact.terms());
        }
        run.allowance = fact.allowance();
        memory.add(run);
        memory.markDirty(run);
        memory.timers.set(run, Instants.micros(run.deadline));
        States.note(
                run,
                fact.at(),
                REPLAYED,
                "as generation " + fact.generation() + " by " + fact.by() + ": " + fact.reason());
        States.note(run, fact.at(), run.state.name(), "");
        steps.contend(run);
        rebuilder.rebuild(run, fact.kept());
        for (var kept : fact.kept()) {
            if (kept.state() == TaskState.QUEUED) {
                States.note(run.task(kept.node(), kept.element()), fact.at(), "");
            }
        }
        admit(run, fact.at());
        for (int number : run.version.plan.ordered) {
            if (run.isReady(number)) {
                steps.ready(run, run.node(number), fact.at());
            }
        }
    }

    /** Its end has not been captured, and never will be as the newest of the run. */
    private static void keepAsItEnded(Run run) {
        if (run.dirty) {
            var former = new ArrayList<>(run.former);
            former.add(Images.former(run));
            run.former = List.copyOf(former);
        }
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
