package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.Seal;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Terms;
import dev.millrace.engine.Verdict;
import dev.millrace.engine.core.Budgets.Stance;
import dev.millrace.engine.core.Tables.TaskEvent;
import dev.millrace.engine.scheduling.Limits.Arrival;
import dev.millrace.engine.timer.Timer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * What follows when tasks queue and end: what becomes ready, joins, what is given up when a run stops, the next handler.
 *
 * <p>Some things it brings to light and does not settle, because they need facts of their own: they are left in {@link Unsettled}. What budgets hold back is {@link Withheld}'s.
 */
final class Steps {

    /** Why a step is skipped whose condition says so. */
    static final String HOLDS_NOT = "its condition does not hold";

    private final Memory memory;
    private final States states;
    /** What has come to light. */
    final Unsettled unsettled = new Unsettled();
    /** Steps that have ended and whose successors have not been told; a queue instead of recursion, for deep graphs. */
    private final ArrayDeque<Plan.Node> ending = new ArrayDeque<>();

    private boolean spreading;
    private final Consumer<Timer> comesBack = timer -> due((Task) timer);

    Steps(Memory memory, States states) {
        this.memory = memory;
        this.states = states;
    }

    // ---- tasks ----

    /**
     * The back-offs that have ended by now have ended, each at its very time: that follows from the facts. It comes before whatever is decided at the same
     * time or later, so that a replay, which knows only when something was decided, finds the tasks in the same states.
     */
    void comeBack() {
        if (!memory.returns.isEmpty()) {
            memory.returns.advance(Instants.micros(memory.clock), comesBack);
        }
    }

    /** The time of its next attempt has come. */
    void due(Task task) {
        var at = task.due;
        states.move(task, TaskEvent.DUE);
        task.due = Instant.MIN;
        task.run.waiting--;
        memory.markDirty(task.run);
        states.wake(task.run, at);
        queue(task, at);
    }

    /** A durable step leaves its worker until what it waits for is there. */
    void wait(Task task, Instant at) {
        states.move(task, TaskEvent.SUSPENDED);
        waitOn(task);
        task.run.waiting++;
        States.note(task, at, task.trail.waitsFor());
    }

    /** The time at which something is due by itself may have changed. */
    void waitOn(Task task) {
        task.due = Instants.of(task.nextMicros());
        memory.timers.set(task, task.nextMicros());
    }

    /** What a durable step waited for is there. */
    void resume(Task task, Instant at) {
        takeBack(task);
        states.move(task, TaskEvent.RESUMED);
        states.wake(task.run, at);
        queue(task, at);
    }

    private void begin(Task task, Instant at) {
        if (!task.node.waits.isEmpty()) {
            await(task, at);
            return;
        }
        states.move(task, TaskEvent.READY);
        task.run.active++;
        states.wake(task.run, at);
        queue(task, at);
    }

    /** It does not queue before what it waits for has come, or is not waited for any more. */
    private void await(Task task, Instant at) {
        var run = task.run;
        states.move(task, TaskEvent.AWAITING);
        task.queued = at;
        task.awaited = Trail.of(task.node.waits, Instants.micros(at), run.deadline);
        memory.holds(run, task.awaited.held());
        run.active++;
        run.waiting++;
        memory.rewaits(run);
        watchAwaited(task);
        States.note(task, at, task.awaited.waitsFor());
    }

    /** Something that it waited for has come, or was not there in time; what cannot begin without it fails with the fact that follows. */
    void arrived(Task task, Checkpoint settled, Instant at) {
        boolean lacking = settled.state() != Checkpoint.State.DONE && !isOptional(task, settled);
        if (task.isAwaiting() || lacking) {
            watchAwaited(task);
        } else {
            resume(task, at);
        }
    }

    static boolean isOptional(Task task, Checkpoint wait) {
        return task.node.waits.stream()
                .anyMatch(each -> each.optional() && each.key().equals(wait.key()));
    }

    private void watchAwaited(Task task) {
        long next = Math.min(task.awaited.nextMicros(), Instants.micros(task.run.deadline));
        task.due = Instants.of(next);
        memory.timers.set(task, next);
    }

    void queue(Task task, Instant at) {
        enter(task, at);
        States.note(task, at, "");
    }

    private void enter(Task task, Instant at) {
        task.queued = at;
        var run = task.run;
        memory.permits.contend(task, task.attempt == 0 ? Arrival.NEW : Arrival.AGAIN, unsettled.toGo);
        run.tenant.scheduler.queue(task, run.version.lane(task));
        if (task.seal == null && !task.terms.costs().isEmpty() && task.costsTooMuch() >= 0) {
            unsettled.tooCostly.add(task);
        }
        if (run.funds != null) {
            run.funds.queues(task);
            if (Budgets.find(task, Stance.EXCEEDED) != null) {
                unsettled.beyondBudget.add(task);
            }
        }
        memory.timers.set(task, task.queueEndMicros());
    }

    void unqueue(Task task) {
        memory.timers.cancel(task);
        if (task.isInLane()) {
            task.run.tenant.scheduler.unqueue(task, Instants.micros(memory.clock));
            memory.permits.withdraw(task);
            leaves(task);
        }
    }

    /** It does not queue any more. */
    static void leaves(Task task) {
        if (task.run.funds != null) {
            task.run.funds.leaves(task);
        }
    }

    /** A run wants to begin. */
    void contend(Run run) {
        memory.permits.contend(run, Arrival.NEW, unsettled.toGo);
    }

    /** A run has begun: what else of it waited to begin waits for less now. */
    void admitted(Run run) {
        if (run.active <= 1) {
            return;
        }
        for (int node = 0; node < run.tasks.length; node++) {
            var fan = run.fan(node);
            if (fan == null) {
                leaveEntry(run.tasks[node]);
            } else {
                for (var task : fan.elements) {
                    leaveEntry(task);
                }
            }
        }
    }

    private void leaveEntry(Task task) {
        if (task != null && task.isInEntry()) {
            queueAgain(task);
        }
    }

    /** It waits for other things than before; since when it waits does not change. */
    void queueAgain(Task task) {
        task.run.tenant.scheduler.unqueue(task, Instants.micros(memory.clock));
        task.run.tenant.scheduler.queue(task, task.run.version.lane(task));
    }

    /** Takes a task that no worker has from where it waits. */
    void takeBack(Task task) {
        if (task.state == TaskState.BACKING_OFF || task.state == TaskState.WAITING) {
            task.run.waiting--;
            task.due = Instant.MIN;
        }
        if (task.held != null) {
            task.run.funds.release(task);
            if (task.held.asks()) {
                memory.rewaits(task.run);
            }
            task.held = null;
        }
        unqueue(task);
    }

    void fail(Task task, Instant at) {
        if (seals(task, TaskState.FAILED, at)) {
            return;
        }
        states.move(task, TaskEvent.FAILED);
        States.note(task, at, task.failure.type());
        endAndStop(task, at);
    }

    void cancel(Task task, Instant at, String detail) {
        if (seals(task, TaskState.CANCELLED, at)) {
            return;
        }
        states.move(task, TaskEvent.CANCELLED);
        States.note(task, at, detail);
        if (task.isCancelling()) {
            endAndStop(task, at);
        } else {
            end(task, at);
        }
    }

    /** Whether it is too early to give a task up: it was with workers, so what it would do may be committed. It queues for a seal then. */
    private boolean seals(Task task, TaskState end, Instant at) {
        if (!task.node.transactional || task.attempt == 0 || task.seal != null) {
            return false;
        }
        boolean queued = task.state == TaskState.QUEUED;
        task.seal = new Seal(end, at);
        States.note(task, at, "SEALING", task.failure == null ? "" : task.failure.type());
        if (task.state.isLive()) {
            states.move(task, TaskEvent.LOST);
        } else if (task.state == TaskState.BACKING_OFF) {
            states.move(task, TaskEvent.DUE);
        } else if (task.state == TaskState.WAITING) {
            states.move(task, TaskEvent.RESUMED);
        }
        states.wake(task.run, at);
        if (queued) {
            enter(task, at); // it goes on queueing, for something else
        } else {
            queue(task, at);
        }
        return true;
    }

    /** A task has ended for good without success, and if it is a step's, its run will not succeed either. */
    void endAndStop(Task task, Instant at) {
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

    /** A task that had begun to queue has ended. */
    void end(Task task, Instant at) {
        var run = task.run;
        task.ended = at;
        task.seal = null;
        if (isBrought(task.awaited) || isBrought(task.trail)) {
            memory.rewaits(run);
        }
        if (Kinship.owes(task)) {
            unsettled.parting.add(task);
        }
        run.active--;
        var fan = run.fan(task.node.number);
        if (!run.version.plan.isStep(task.node.number)) {
            run.cleanedUp++;
            beginCleanUp(run, at);
        } else if (fan == null || fan.ended(at)) {
            ended(run, task.node, at);
        }
    }

    /** Whether it is waiting for something that the edge brings. */
    private static boolean isBrought(Trail trail) {
        return trail != null
                && trail.open().stream().anyMatch(wait -> wait.kind().isBrought());
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

    void ready(Run run, Plan.Node node, Instant at) {
        if (!run.mayBegin(node)) {
            return;
        }
        String obstacle = Values.obstacle(run, node);
        if (!obstacle.isEmpty()) {
            unsettled.toRefuse.add(new Unsettled.Refusal(run, node, new Verdict.HoldsNot(), obstacle));
            return;
        }
        var verdict = run.terms.step(node.number).orElse(Verdict.PLAIN);
        if (!(verdict instanceof Verdict.Holds)) {
            unsettled.toRefuse.add(new Unsettled.Refusal(run, node, verdict, HOLDS_NOT));
        } else if (run.needsAnswer(node)) {
            unsettled.toAsk.add(run.ask(node));
        } else {
            begin(run, node, List.of(verdict), at);
        }
    }

    /** The tasks of a step begin, as the verdicts say. */
    void begin(Run run, Plan.Node node, List<Verdict> verdicts, Instant at) {
        if (node.isMapped()) {
            takeApart(run, node, verdicts, at);
        } else {
            begin(newTask(run, node), terms(verdicts.get(0)), at);
        }
    }

    private static Terms terms(Verdict verdict) {
        return ((Verdict.Holds) verdict).terms();
    }

    private void begin(Task task, Terms terms, Instant at) {
        task.terms = terms;
        begin(task, at);
    }

    static Task newTask(Run run, Plan.Node node) {
        var task = new Task(run, node, 0);
        run.tasks[node.number] = task;
        return task;
    }

    /** The question about a step, if there is one, is answered, or need not be any more. */
    void close(Run run, Plan.Node node) {
        var question = run.question(node.number);
        if (question != null) {
            memory.timers.cancel(question);
            run.answered(question);
        }
    }

    /** Those that run begin before the others end, so that the first failure finds them where it can give them up. */
    private void takeApart(Run run, Plan.Node node, List<Verdict> verdicts, Instant at) {
        var fan = new Fan(Values.elements(run, node.mappedOver));
        run.fans[node.number] = fan;
        if (fan.open == 0) {
            fan.join(at);
            ended(run, node, at);
        }
        for (int i = 0; i < fan.elements.length; i++) {
            fan.elements[i] = new Task(run, node, i);
        }
        if (verdicts.size() == 1 && verdicts.get(0) instanceof Verdict.Holds holds) {
            for (var task : fan.elements) {
                begin(task, holds.terms(), at);
            }
            return;
        }
        for (var task : fan.elements) {
            if (verdicts.get(task.element) instanceof Verdict.Holds holds) {
                begin(task, holds.terms(), at);
            }
        }
        for (var task : fan.elements) {
            leaveOut(task, verdicts.get(task.element), at);
        }
    }

    /** An element that does not run. */
    private void leaveOut(Task task, Verdict verdict, Instant at) {
        if (verdict instanceof Verdict.Holds) {
            return;
        }
        task.queued = at;
        task.run.active++;
        if (verdict instanceof Verdict.Unknown unknown) {
            task.failure = unknown.failure();
            fail(task, at);
        } else {
            states.move(task, TaskEvent.SKIPPED);
            States.note(task, at, HOLDS_NOT);
            end(task, at);
        }
    }

    void skip(Run run, Plan.Node node, Instant at, String reason) {
        close(run, node);
        var task = newTask(run, node);
        states.move(task, TaskEvent.SKIPPED);
        task.ended = at;
        States.note(task, at, reason);
        ended(run, node, at);
    }

    // ---- runs ----

    /** From here on the run will not succeed: what has not been offered is given up, but for what takes the outcome. */
    void stop(Run run, Instant at) {
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
        if (task.seal != null) {
            return; // it is given up already, as soon as that is safe
        }
        if (task.state == TaskState.QUEUED || task.state == TaskState.BACKING_OFF || task.state == TaskState.WAITING) {
            takeBack(task);
            cancel(task, at, "the run is ending");
        }
    }

    /** The next handler queues, if there is one. */
    void beginCleanUp(Run run, Instant at) {
        if (run.cleanedUp < run.cleanUp.size()) {
            begin(newTask(run, run.node(run.cleanUp.get(run.cleanedUp))), at);
        }
    }
}
