package dev.millrace.engine.core;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Command.Settlement;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Decides how attempts, tasks and runs go on. */
final class Progress {
    /** Why an attempt is stopped, in the words of the worker protocol. */
    static final String RUN_CANCELLED = "RUN_CANCELLED";

    static final String TASK_CANCELLED = "TASK_CANCELLED";
    static final String TIMED_OUT = "TIMED_OUT";
    static final String STALE = "STALE";

    /** The most elements that a mapped step may have; as many tasks at once are a mistake, and would not fit anywhere. */
    static final int MOST_ELEMENTS = 100_000;

    private final Memory memory;
    private final Steps steps;
    private final Recorder recorder;
    private final Retries retries;
    private final Endings endings;

    Progress(Memory memory, Steps steps, Recorder recorder, Followers followers) {
        this.memory = memory;
        this.steps = steps;
        this.recorder = recorder;
        this.retries = new Retries(recorder);
        this.endings = new Endings(recorder, followers);
    }

    // ---- attempts ----

    /** Its worker has the attempt. What may run only once begins when that is stored, and not before. */
    void accept(Task task) {
        if (task.state == TaskState.ASSIGNED) {
            recorder.record(new Fact.AttemptStarted(task.run.tenant.id, recorder.now(), task.ref()));
        }
        if (task.node.atMostOnce) {
            recorder.effect(new Effect.ConfirmStart(task.worker.session, task.ref()));
        }
    }

    /** The end of the newest attempt, as its worker tells it. */
    void complete(Task task, Outcome outcome) {
        var run = task.run;
        if (outcome instanceof Outcome.Success success) {
            var problem = unusable(task, success.result(), success.elements());
            if (problem.isEmpty()) {
                recorder.record(new Fact.AttemptSucceeded(
                        run.tenant.id, recorder.now(), task.ref(), success.result(), success.elements()));
                settle(run);
            } else {
                fail(task, AttemptState.FAILED, new Failure(Failure.OUTPUT_INVALID, problem, "", true, 0, ""));
            }
        } else if (outcome instanceof Outcome.Failed failed) {
            fail(task, AttemptState.FAILED, failed.failure());
        } else if (outcome instanceof Outcome.Again again && !task.isCancelling() && run.mayBegin(task.node)) {
            again(task, again);
        } else if (outcome instanceof Outcome.Again) {
            recorder.record(new Fact.AttemptCancelled(run.tenant.id, recorder.now(), task.ref()));
            settle(run);
        } else if (task.seal == null
                && (task.isCancelling() || run.isHalted() && run.version.plan.isStep(task.node.number))) {
            recorder.record(new Fact.AttemptCancelled(run.tenant.id, recorder.now(), task.ref()));
            settle(run);
        } else {
            lose(task, "its worker stopped it");
        }
    }

    private void again(Task task, Outcome.Again again) {
        var run = task.run;
        var problem = Loops.problem(task);
        if (problem.isEmpty()) {
            recorder.record(new Fact.TurnEnded(
                    run.tenant.id, recorder.now(), task.ref(), again.state(), Loops.next(again, recorder.nowMicros())));
            settle(run);
        } else {
            fail(task, AttemptState.FAILED, Loops.failure(task, problem));
        }
    }

    /** Why a result cannot be taken apart by a mapped step; empty when it can, or need not. */
    static String unusable(Task task, Payload result, int elements) {
        if (!task.node.takenApart || task.node.isMapped() || !result.isPresent()) {
            return "";
        }
        if (elements < 0) {
            return "A step has one task per element of the result of '" + task.node.name
                    + "', but the result is no list.";
        }
        return elements <= MOST_ELEMENTS
                ? ""
                : "A step has one task per element of the result of '" + task.node.name + "', but the result has "
                        + elements + " elements and may have " + MOST_ELEMENTS + ".";
    }

    void fail(Task task, AttemptState state, Failure failure) {
        var run = task.run;
        retries.closeRateLimit(task, failure);
        var retryAt = retries.retryAt(task, failure);
        boolean unsealed = task.seal != null && retryAt.equals(Instant.MAX);
        recorder.record(new Fact.AttemptFailed(
                run.tenant.id,
                recorder.now(),
                task.ref(),
                state,
                unsealed ? unsealed(task, failure) : failure,
                retryAt));
        settle(run);
    }

    /** What is told of a task that is given up without knowing what became of it; a seal is told as it is. */
    static Failure unsealed(Task task, Failure failure) {
        if (failure.type().equals(Failure.SEALED)) {
            return failure;
        }
        return Failure.of(
                Failure.NOT_SEALED,
                "Step '" + task.node.name + "' is given up"
                        + (task.failure == null ? "" : " (" + task.failure.type() + ": " + task.failure.message() + ")")
                        + ", and whether its transaction was committed could not be settled: " + failure.type() + ": "
                        + failure.message() + " Look into the table of completions in its database.");
    }

    /** The attempt is void. Its task queues again, unless it may run only once and has been let in. */
    void lose(Task task, String reason) {
        if (task.node.atMostOnce && task.state == TaskState.RUNNING) {
            var failure = new Failure(
                    Failure.WORKER_LOST,
                    "The attempt is lost (" + reason + "), and how far it came is not known; step '" + task.node.name
                            + "' may run only once, so it is not tried again.",
                    "",
                    true,
                    0,
                    "");
            fail(task, AttemptState.LOST, failure);
        } else {
            recorder.record(new Fact.AttemptLost(task.run.tenant.id, recorder.now(), task.ref(), reason));
            settle(task.run);
        }
    }

    /** A worker has left for good, or is not as it was: what had to go there and cannot any more may go anywhere. */
    void unbind(Worker worker) {
        for (var bound : worker.tenant.scheduler.boundTo(worker.text)) {
            var task = (Task) bound;
            if (task.boundTo().isEmpty()) {
                steps.queueAgain(task);
            }
        }
    }

    /** What a task needs to begin has not come. */
    void failUnbegun(Task task, Failure failure) {
        fail(task.run, task.node, task.element, failure);
        settle(task.run);
    }

    /** Ends a running attempt that does what it must not. */
    void abort(Task task, String code, String message) {
        stop(task, STALE);
        fail(task, AttemptState.FAILED, new Failure(code, message, "", true, 0, ""));
    }

    /** Tells the worker to stop an attempt that the engine gives up; its slots stay taken until the worker says so. */
    void stop(Task task, String reason) {
        var worker = task.worker;
        var held = new HeldSlots(task);
        worker.hold(held);
        memory.timers.set(held, recorder.nowMicros() + task.node.timeoutMicros);
        recorder.effect(new Effect.CancelAttempt(worker.session, held.attempt, reason));
    }

    /** Gives a running attempt more time, if that makes its end later. */
    void extend(Task task, Duration more) {
        accept(task);
        long until = recorder.nowMicros() + Instants.micros(more);
        if (until > task.endMicros()) {
            recorder.record(
                    new Fact.AttemptExtended(task.run.tenant.id, recorder.now(), task.ref(), Instants.of(until)));
        }
        recorder.effect(new Effect.TimeGranted(
                task.worker.session, task.ref(), Duration.ofNanos((task.endMicros() - recorder.nowMicros()) * 1000)));
    }

    /** A running attempt goes on without its slots; those of a call that serves several are not its own to give. */
    void releaseSlots(Task task) {
        accept(task);
        if (!task.released && task.call == 0) {
            recorder.record(new Fact.SlotsReleased(task.run.tenant.id, recorder.now(), task.ref()));
        }
    }

    // ---- steps that do not run ----

    /** A step does not run at all. */
    void refuse(Run run, Plan.Node node, Verdict verdict, String reason) {
        if (verdict instanceof Verdict.Unknown unknown) {
            fail(run, node, 0, unknown.failure());
        } else {
            recorder.record(new Fact.TaskSkipped(
                    run.tenant.id, recorder.now(), run.id, run.generation, node.number, 0, reason));
        }
    }

    void fail(Run run, Plan.Node node, int element, Failure failure) {
        recorder.record(new Fact.TaskFailed(
                run.tenant.id, recorder.now(), run.id, run.generation, node.number, element, failure));
    }

    // ---- from outside ----

    /** Settles a task that has begun and has not ended. */
    void settle(Task task, Command.SettleTask command) {
        var settlement = command.settlement();
        if (settlement instanceof Settlement.Cancel) {
            cancel(task, command);
        } else if (settlement instanceof Settlement.Complete complete) {
            settle(task, command, TaskState.SUCCEEDED, complete.result(), complete.elements());
        } else if (settlement instanceof Settlement.Fail) {
            settle(task, command, TaskState.FAILED, Payload.NONE, -1);
        } else if (settlement instanceof Settlement.Skip) {
            settle(task, command, TaskState.SKIPPED, Payload.NONE, -1);
        }
    }

    private void cancel(Task task, Command.SettleTask command) {
        if (task.isCancelling() || task.seal != null) {
            return;
        }
        var run = task.run;
        recorder.record(new Fact.TaskCancelRequested(
                run.tenant.id,
                recorder.now(),
                run.id,
                run.generation,
                command.node(),
                command.element(),
                command.by(),
                command.reason()));
        stopLive(task, TASK_CANCELLED);
        settle(run);
    }

    private void settle(Task task, Command.SettleTask command, TaskState state, Payload result, int elements) {
        var run = task.run;
        if (task.state.isLive() && task.worker.isConnected()) {
            stop(task, STALE);
        }
        recorder.record(new Fact.TaskSettled(
                run.tenant.id,
                recorder.now(),
                run.id,
                run.generation,
                command.node(),
                command.element(),
                state,
                result,
                elements,
                command.by(),
                command.reason()));
        settle(run);
    }

    // ---- runs ----

    void cancel(Run run, String reason) {
        recorder.record(new Fact.RunCancelRequested(run.tenant.id, recorder.now(), run.id, reason));
        stopLive(run);
        settle(run);
    }

    /** They end when their workers say so; those of absent workers are told when they come back. */
    void stopLive(Run run) {
        for (int node = 0; node < run.version.plan.steps; node++) {
            var fan = run.fan(node);
            if (fan == null) {
                stopLive(run.tasks[node], RUN_CANCELLED);
            } else {
                for (var task : fan.elements) {
                    stopLive(task, RUN_CANCELLED);
                }
            }
        }
    }

    void stopLive(Task task, String reason) {
        if (task != null && task.seal == null && task.state.isLive() && task.worker.isConnected()) {
            recorder.effect(new Effect.CancelAttempt(task.worker.session, task.ref(), reason));
        }
    }

    /** Nothing of it is left to do. */
    void end(Run run) {
        endings.end(run);
    }

    /** After every fact about a run: refuses what will not run, and ends the run or goes on to its clean-up. */
    void settle(Run run) {
        while (!steps.unsettled.toRefuse.isEmpty()) {
            var refusal = steps.unsettled.toRefuse.remove(steps.unsettled.toRefuse.size() - 1);
            if (refusal.run().isPending(refusal.node().number)) {
                refuse(run, refusal.node(), refusal.verdict(), refusal.reason());
            }
        }
        if (run.active > 0 || run.hasEnded() || run.isInWindow()) {
            return;
        }
        var handlers = run.isStopping() && !run.isCleaningUp() ? Endings.handlers(run) : List.<Integer>of();
        if (!handlers.isEmpty()) {
            recorder.record(new Fact.CleanUpStarted(run.tenant.id, recorder.now(), run.id, handlers));
        } else if (Kinship.concerns(run)) {
            steps.unsettled.leaving.add(run);
        } else {
            endings.end(run);
        }
    }
}
