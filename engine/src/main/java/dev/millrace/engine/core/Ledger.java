package dev.millrace.engine.core;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.core.Tables.AttemptEvent;
import dev.millrace.engine.core.Tables.RunEvent;
import dev.millrace.engine.core.Tables.TaskEvent;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes the memory of runs, by applying facts: the same way when a fact has just been decided and when it is replayed.
 * Everything that follows from facts alone happens here too: what becomes ready, joins, what is given up when a run stops.
 *
 * <p>The one thing a fact can bring to light and not settle is a step that has to be skipped; those are left in {@link
 * #toSkip} for the decider, because a skip is a fact of its own.
 *
 * <p>One file, because every fact touches the same few structures (states, queues, timers, counters, history) and must leave
 * all of them right.
 */
final class Ledger {

    /** A step whose parents have ended in a way it cannot run with. */
    record Skip(Run run, Plan.Node node, String reason) {}

    private final Memory memory;
    private final States states;
    /** Decided by nobody yet. During a replay the facts that follow settle them. */
    final List<Skip> toSkip = new ArrayList<>();
    /** Questions that have come up and that nobody has been asked yet. */
    final List<Condition> toAsk = new ArrayList<>();

    final Rebuilder rebuilder;
    /** Steps that have ended and whose successors have not been told; a queue instead of recursion, for deep graphs. */
    private final ArrayDeque<Plan.Node> ending = new ArrayDeque<>();

    private boolean spreading;

    Ledger(Memory memory, States states) {
        this.memory = memory;
        this.states = states;
        this.rebuilder = new Rebuilder(memory, toAsk);
    }

    void apply(Fact fact) {
        if (fact instanceof Fact.OfAttempt attempt) {
            applyToTask(attempt);
        } else if (fact instanceof Fact.OfRun ofRun) {
            applyToRun(ofRun);
        } else if (fact instanceof Fact.KeyClaimed claimed) {
            memory.keys.put(claimed.entry());
        } else if (fact instanceof Fact.RateLimitClosed closed) {
            memory.tenant(closed.tenant()).scheduler.close(closed.limit(), Instants.micros(closed.until()));
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
            task.due = extended.until();
            memory.timers.set(task, Instants.micros(task.due));
            States.note(task, at, "EXTENDED", task.due.toString());
        } else if (fact instanceof Fact.AttemptLost lost) {
            lost(task, at, lost.reason());
        } else if (fact instanceof Fact.AttemptCancelled) {
            states.note(task, AttemptEvent.CANCELLED, at, "");
            release(task);
            cancel(task, at, "");
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
        task.started = Instant.MIN;
        task.due = at;
        task.run.tenant.worker(fact.worker()).attach(task);
        if (task.run.state == RunState.QUEUED) {
            states.move(task.run, RunEvent.BUSY, at);
        }
        States.noteOffer(task, at);
        memory.timers.set(task, Instants.micros(at) + Instants.micros(memory.settings.acceptLease()));
    }

    private void started(Task task, Instant at) {
        states.note(task, AttemptEvent.STARTED, at, "");
        states.move(task, TaskEvent.STARTED);
        task.started = at;
        task.due = Instant.MIN;
        memory.timers.set(task, task.endMicros());
    }

    private void succeeded(Task task, Fact.AttemptSucceeded fact) {
        states.note(task, AttemptEvent.SUCCEEDED, fact.at(), "");
        startIfUnknown(task);
        release(task);
        states.move(task, TaskEvent.SUCCEEDED);
        States.note(task, fact.at(), "");
        task.result = fact.result();
        task.elements = fact.elements();
        end(task, fact.at());
    }

    private void failed(Task task, Fact.AttemptFailed fact) {
        var event = switch (fact.state()) {
            case TIMED_OUT -> AttemptEvent.TIMED_OUT;
            case LOST -> AttemptEvent.LOST;
            case FAILED -> AttemptEvent.FAILED;
            case OFFERED, RUNNING, SUCCEEDED, CANCELLED -> throw new IllegalStateException("No failure: " + fact + ".");
        };
        states.note(
                task,
                event,
                fact.at(),
                fact.failure().type() + ": " + fact.failure().message());
        startIfUnknown(task);
        release(task);
        task.failure = fact.failure();
        task.charged++;
        if (fact.retried()) {
            states.move(task, TaskEvent.RETRY);
            task.due = fact.retryAt();
            memory.timers.set(task, Instants.micros(task.due));
            task.run.waiting++;
            States.note(task, fact.at(), task.due.toString());
        } else {
            fail(task, fact.at());
        }
    }

    private void lost(Task task, Instant at, String reason) {
        states.note(task, AttemptEvent.LOST, at, reason);
        release(task);
        if (task.run.mayBegin(task.node) && !task.isCancelling()) {
            states.move(task, TaskEvent.LOST);
            queue(task, at);
        } else {
            cancel(task, at, reason);
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
    }

    // ---- tasks ----

    /** The time of a task's next attempt has come. Follows from the facts, so it happened at that very time. */
    void due(Task task) {
        var at = task.due;
        states.move(task, TaskEvent.DUE);
        task.due = Instant.MIN;
        task.run.waiting--;
        memory.markDirty(task.run);
        states.wake(task.run, at);
        queue(task, at);
    }

    private void begin(Task task, Instant at) {
        states.move(task, TaskEvent.READY);
        task.run.active++;
        states.wake(task.run, at);
        queue(task, at);
    }

    private void queue(Task task, Instant at) {
        task.queued = at;
        var run = task.run;
        run.tenant.scheduler.queue(task, run.version.lane(task.node, run.priority));
        memory.timers.set(task, Instants.micros(at) + task.node.queueTimeoutMicros);
        States.note(task, at, "");
    }

    private void unqueue(Task task) {
        memory.timers.cancel(task);
        if (task.isInLane()) {
            task.run.tenant.scheduler.unqueue(task);
        }
    }

    private void fail(Task task, Instant at) {
        states.move(task, TaskEvent.FAILED);
        States.note(task, at, task.failure.type());
        endAndStop(task, at);
    }

    private void cancel(Task task, Instant at, String detail) {
        states.move(task, TaskEvent.CANCELLED);
        States.note(task, at, detail);
        if (task.isCancelling()) {
            endAndStop(task, at);
        } else {
            end(task, at);
        }
    }

    /** A task has ended for good without success, and if it is a step's, its run will not succeed either. */
    private void endAndStop(Task task, Instant at) {
        var run = task.run;
        boolean stops = run.version.plan.isStep(task.node.number) && !run.isStopping();
        if (stops) {
            run.failure = new RunFailure(task.node.name, task.failure);
        }
        end(task, at);
        if (stops) {
            stop(run, at);
        }
    }

    private void cancelRequested(Task task, Fact.TaskCancelRequested fact) {
        String detail = "by " + fact.by() + ": " + fact.reason();
        task.failure = Failure.of(Failure.TASK_CANCELLED, "Cancelled " + detail);
        if (task.state.isLive()) {
            States.note(task, fact.at(), "CANCELLING", detail);
        } else {
            takeBack(task);
            states.wake(task.run, fact.at());
            cancel(task, fact.at(), detail);
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
            takeBack(task);
        }
        states.wake(task.run, at);
        switch (fact.state()) {
            case SUCCEEDED -> {
                states.move(task, TaskEvent.SETTLED_SUCCEEDED);
                task.result = fact.result();
                task.elements = fact.elements();
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
            endAndStop(task, at);
        } else {
            end(task, at);
        }
    }

    /** Takes a task that no worker has from where it waits. */
    private void takeBack(Task task) {
        if (task.state == TaskState.BACKING_OFF) {
            task.run.waiting--;
            task.due = Instant.MIN;
        }
        unqueue(task);
    }

    private void skip(Run run, Plan.Node node, Instant at, String reason) {
        close(run, node);
        var task = newTask(run, node);
        states.move(task, TaskEvent.SKIPPED);
        task.ended = at;
        States.note(task, at, reason);
        ended(run, node, at);
    }

    /** A task that had begun to queue has ended. */
    private void end(Task task, Instant at) {
        var run = task.run;
        task.ended = at;
        run.active--;
        var fan = run.fan(task.node.number);
        if (!run.version.plan.isStep(task.node.number)) {
            run.cleanedUp++;
            beginCleanUp(run, at);
        } else if (fan == null || fan.ended(at)) {
            ended(run, task.node, at);
        }
    }

    // ---- steps ----

    /** A step has ended: those that waited for it alone may be ready now. */
    private void ended(Run run, Plan.Node node, Instant at) {
        ending.add(node);
        if (spreading) {
            return;
        }
        spreading = true;
        for (var next = ending.poll(); next != null; next = ending.poll()) {
            for (int successor : next.successors) {
                if (--run.missing[successor] == 0 && run.isPending(successor)) {
                    ready(run, run.node(successor), at);
                }
            }
        }
        spreading = false;
    }

    private void ready(Run run, Plan.Node node, Instant at) {
        if (!run.mayBegin(node)) {
            return;
        }
        String obstacle = Values.obstacle(run, node);
        if (!obstacle.isEmpty()) {
            toSkip.add(new Skip(run, node, obstacle));
        } else if (node.isMapped()) {
            takeApart(run, node, at);
        } else if (node.conditional) {
            toAsk.add(run.ask(node));
        } else {
            begin(run, node, at);
        }
    }

    private void begin(Run run, Plan.Node node, Instant at) {
        begin(newTask(run, node), at);
    }

    private static Task newTask(Run run, Plan.Node node) {
        var task = new Task(run, node, 0);
        run.tasks[node.number] = task;
        return task;
    }

    /** The question about a step, if there is one, is answered, or need not be any more. */
    private void close(Run run, Plan.Node node) {
        var condition = run.condition(node.number);
        if (condition != null) {
            memory.timers.cancel(condition);
            run.answered(condition);
        }
    }

    /** A task failed that no worker has, or a step that was not to begin before its condition held. */
    private void failed(Run run, Fact.TaskFailed fact) {
        var task = run.task(fact.node(), fact.element());
        if (task == null) {
            close(run, run.node(fact.node()));
            task = newTask(run, run.node(fact.node()));
            run.active++;
        }
        task.failure = fact.failure();
        unqueue(task);
        fail(task, fact.at());
    }

    private void takeApart(Run run, Plan.Node node, Instant at) {
        var fan = new Fan(Values.elements(run, node.mappedOver));
        run.fans[node.number] = fan;
        if (fan.open == 0) {
            fan.join(at);
            ended(run, node, at);
        }
        for (int i = 0; i < fan.elements.length; i++) {
            fan.elements[i] = new Task(run, node, i);
            begin(fan.elements[i], at);
        }
    }

    /** From here on the run will not succeed: what has not been offered is given up, but for what takes the outcome. */
    private void stop(Run run, Instant at) {
        for (int number : run.version.plan.ordered) {
            var node = run.node(number);
            if (run.mayBegin(node)) {
                continue;
            }
            var fan = run.fan(number);
            if (fan != null) {
                for (var task : fan.elements) {
                    giveUp(task, at);
                }
            } else if (run.tasks[number] != null) {
                giveUp(run.tasks[number], at);
            } else {
                skip(run, node, at, "the run is ending");
            }
        }
    }

    private void giveUp(Task task, Instant at) {
        if (task.state == TaskState.QUEUED || task.state == TaskState.BACKING_OFF) {
            takeBack(task);
            cancel(task, at, "the run is ending");
        }
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
            skip(run, run.node(skipped.node()), at, skipped.reason());
        } else if (fact instanceof Fact.TaskFailed failed) {
            failed(run, failed);
        } else if (fact instanceof Fact.ConditionHeld held) {
            close(run, run.node(held.node()));
            begin(run, run.node(held.node()), at);
        } else if (fact instanceof Fact.TaskCancelRequested requested) {
            cancelRequested(run.task(requested.node(), requested.element()), requested);
        } else if (fact instanceof Fact.TaskSettled settled) {
            settled(run.task(settled.node(), settled.element()), settled);
        } else if (fact instanceof Fact.RunCancelRequested requested) {
            run.cancelReason = requested.reason();
            States.note(run, at, "CANCELLING", requested.reason());
            stop(run, at);
        } else if (fact instanceof Fact.RunDeadlinePassed) {
            run.deadlinePassed = true;
            if (run.failure == null) {
                run.failure = new RunFailure(
                        "", Failure.of(Failure.RUN_TIMEOUT, "The run's deadline " + run.deadline + " passed."));
            }
            States.note(run, at, "DEADLINE_PASSED", "");
            stop(run, at);
        } else if (fact instanceof Fact.CleanUpStarted cleanUp) {
            run.cleanUp = cleanUp.handlers();
            memory.timers.cancel(run);
            States.note(run, at, "CLEANING_UP", "");
            beginCleanUp(run, at);
        } else if (fact instanceof Fact.RunEnded ended) {
            end(run, ended);
        } else {
            throw new IllegalStateException("No memory of facts such as " + fact + ".");
        }
        states.idle(run, at);
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
                fact.deadline());
        if (memory.runs.put(run.id, run) != null) {
            throw new IllegalStateException("Run " + run.id + " was started twice.");
        }
        memory.markDirty(run);
        memory.timers.set(run, Instants.micros(run.deadline));
        States.note(run, fact.at(), run.state.name(), "");
        for (int number : run.version.plan.ordered) {
            var node = run.node(number);
            if (node.parents > 0) {
                break;
            }
            ready(run, node, fact.at());
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
                    fact.deadline());
            run.known = true;
            memory.runs.put(run.id, run);
        } else {
            run.restart(fact.generation(), fact.input(), fact.deadline());
        }
        memory.markDirty(run);
        memory.timers.set(run, Instants.micros(run.deadline));
        States.note(
                run,
                fact.at(),
                "REPLAYED",
                "as generation " + fact.generation() + " by " + fact.by() + ": " + fact.reason());
        States.note(run, fact.at(), run.state.name(), "");
        rebuilder.rebuild(run, fact.kept());
        for (int number : run.version.plan.ordered) {
            if (run.isReady(number)) {
                ready(run, run.node(number), fact.at());
            }
        }
    }

    /** The next handler queues, if there is one. */
    private void beginCleanUp(Run run, Instant at) {
        if (run.cleanedUp < run.cleanUp.size()) {
            begin(run, run.node(run.cleanUp.get(run.cleanedUp)), at);
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
        states.move(run, event, fact.at());
    }
}
