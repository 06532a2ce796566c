package dev.millrace.engine.core;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Command.Settlement;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.Effect.Call;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Verdict;
import dev.millrace.engine.core.Budgets.Stance;
import dev.millrace.engine.scheduling.Holder;
import dev.millrace.engine.scheduling.Offer;
import dev.millrace.manifest.BudgetSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** Decides how attempts, tasks and runs go on. */
final class Progress {
    /** Why an attempt is stopped, in the words of the worker protocol. */
    static final String RUN_CANCELLED = "RUN_CANCELLED";

    static final String TASK_CANCELLED = "TASK_CANCELLED";
    static final String TIMED_OUT = "TIMED_OUT";
    static final String STALE = "STALE";

    /** The most elements that a mapped step may have; as many tasks at once are a mistake, and would not fit anywhere. */
    static final int MOST_ELEMENTS = 100_000;

    /** How long a durable step waits for a worker whose code goes with its checkpoints before it looks again. */
    private static final long OTHER_CODE_MICROS = 60_000_000;

    /** How long it is at most until a seal that failed is tried again. */
    private static final long NEXT_SEAL_MICROS = 10_000_000;

    /** The longest wait that a failure may ask for. */
    private static final long MOST_RETRY_AFTER_MILLIS = 366L * 24 * 60 * 60 * 1000;

    private final Memory memory;
    private final Ledger ledger;
    private final Recorder recorder;
    private final Followers followers;

    Progress(Memory memory, Ledger ledger, Recorder recorder, Followers followers) {
        this.memory = memory;
        this.ledger = ledger;
        this.recorder = recorder;
        this.followers = followers;
    }

    // ---- attempts ----

    void offer(Offer offer) {
        if (offer.most() > 1) {
            offerTogether(offer);
        } else {
            var task = (Task) offer.task();
            if (mayGo(task)) {
                offer(task, Worker.of(offer.worker()), 0);
                assign(task, Call.ALONE);
            }
        }
    }

    /** One call for whoever waits for the same and can go now. */
    private void offerTogether(Offer first) {
        var scheduler = ((Task) first.task()).run.tenant.scheduler;
        long call = memory.calls + 1;
        var tasks = new ArrayList<Task>();
        for (var offer = first; offer != null; ) {
            var task = (Task) offer.task();
            if (mayGo(task)) {
                offer(task, Worker.of(offer.worker()), call);
                tasks.add(task);
            }
            offer = tasks.size() < first.most() ? scheduler.beside(first, recorder.nowMicros()) : null;
        }
        scheduler.gathered(first);
        for (var task : tasks) {
            assign(task, new Call(call, tasks.size()));
        }
    }

    /** Whether the budgets of its run let a task go whose turn it is; else it is dealt with. */
    private boolean mayGo(Task task) {
        if (task.run.funds == null) {
            return true;
        }
        var exceeded = Budgets.find(task, Stance.EXCEEDED);
        var full = exceeded != null ? exceeded : Budgets.find(task, Stance.WAITS);
        if (exceeded != null) {
            refuseMoney(task);
        } else if (full != null) {
            hold(task, full);
        }
        return full == null;
    }

    private void offer(Task task, Worker worker, long call) {
        recorder.record(new Fact.AttemptOffered(
                task.run.tenant.id, recorder.now(), task.ref(task.attempt + 1), worker.id, call));
    }

    private void assign(Task task, Call call) {
        var run = task.run;
        boolean failureHandler = task.node.number == run.version.plan.onFailure;
        recorder.effect(new Effect.Assign(
                task.worker.session,
                new Assignment(
                        task.ref(),
                        run.tenant.id,
                        run.version.ref,
                        task.node.name,
                        Values.arguments(task),
                        timeLeft(task),
                        task.seal == null ? Math.max(0, task.node.retries - task.charged) : 0,
                        run.metadata,
                        run.started,
                        failureHandler ? Optional.ofNullable(run.failure) : Optional.empty(),
                        task.node.atMostOnce,
                        task.trail == null ? Checkpoints.NONE : task.trail.image(),
                        call,
                        task.seal != null)));
    }

    private Duration timeLeft(Task task) {
        boolean begun = task.trail != null && !task.trail.end.equals(Instant.MAX);
        long micros = begun ? task.endMicros() - recorder.nowMicros() : task.node.timeoutMicros;
        return Duration.ofNanos(Math.max(0, micros) * 1000);
    }

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
        } else if (task.seal == null
                && (task.isCancelling() || run.isHalted() && run.version.plan.isStep(task.node.number))) {
            recorder.record(new Fact.AttemptCancelled(run.tenant.id, recorder.now(), task.ref()));
            settle(run);
        } else {
            lose(task, "its worker stopped it");
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
        closeRateLimit(task, failure);
        var retryAt = retryAt(task, failure);
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

    /** A seal is tried until it is put, or the task has waited for it as long as it may queue. */
    private Instant nextSeal(Task task, Failure failure) {
        long next = recorder.nowMicros() + Jitter.micros(task.ref(), NEXT_SEAL_MICROS);
        boolean over = failure.nonRetryable() || failure.type().equals(Failure.SEALED) || next >= task.queueEndMicros();
        return over ? Instant.MAX : Instants.of(next);
    }

    private Instant retryAt(Task task, Failure failure) {
        if (task.seal != null) {
            return nextSeal(task, failure);
        }
        if (failure.type().equals(Failure.CHECKPOINT_MISMATCH) && task.trail != null) {
            boolean again = !task.isCancelling() && task.run.mayBegin(task.node);
            return again ? Instants.of(recorder.nowMicros() + OTHER_CODE_MICROS) : Instant.MAX;
        }
        if (failure.nonRetryable()
                || task.node.atMostOnce
                || task.isCancelling()
                || task.charged >= task.node.retries
                || !task.run.mayBegin(task.node)) {
            return Instant.MAX;
        }
        long ceiling = Instants.micros(task.node.backoff.ceiling(task.charged + 1));
        long wait = Math.max(Jitter.micros(task.ref(), ceiling), retryAfterMicros(failure));
        return Instants.of(recorder.nowMicros() + wait);
    }

    private static long retryAfterMicros(Failure failure) {
        return Math.min(failure.retryAfterMillis(), MOST_RETRY_AFTER_MILLIS) * 1000;
    }

    /** For the key of the task, where its step takes from the limit by a key. */
    private void closeRateLimit(Task task, Failure failure) {
        var tenant = task.run.tenant;
        if (failure.retryAfterMillis() <= 0
                || failure.rateLimit().isEmpty()
                || !tenant.scheduler.limits().hasRateLimit(failure.rateLimit())) {
            return;
        }
        var keys = new LinkedHashSet<String>();
        for (var take : task.takes()) {
            if (take.limit().equals(failure.rateLimit())) {
                keys.add(take.key());
            }
        }
        if (keys.isEmpty()) {
            keys.add("");
        }
        var until = Instants.of(recorder.nowMicros() + retryAfterMicros(failure));
        for (var key : keys) {
            recorder.record(new Fact.RateLimitClosed(tenant.id, recorder.now(), failure.rateLimit(), key, until));
        }
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
                ledger.steps.queueAgain(task);
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

    // ---- concurrency limits ----

    /** Fails what can never go; cancels those that have to go because newer ones came, or that came when there was no room. */
    void makeRoom() {
        while (!ledger.steps.tooCostly.isEmpty()) {
            refuse(ledger.steps.tooCostly.remove());
        }
        while (!ledger.steps.beyondBudget.isEmpty()) {
            refuseMoney(ledger.steps.beyondBudget.remove());
        }
        while (!ledger.steps.toGo.isEmpty()) {
            var leaving = ledger.steps.toGo.remove();
            var run = memory.runs.get(leaving.holder().run());
            if (run == null || run.hasEnded()) {
                continue;
            }
            if (leaving.holder().node() == Holder.RUN) {
                if (!run.isHalted() && !run.isCleaningUp()) {
                    cancel(run, reason(leaving));
                }
            } else {
                makeRoom(run, leaving);
            }
        }
    }

    /** There is no money for another attempt of the task: its run ends, or asks. */
    private void refuseMoney(Task task) {
        var budget = task.state == TaskState.QUEUED ? Budgets.find(task, Stance.EXCEEDED) : null;
        if (budget == null) {
            return;
        }
        switch (budget.exceeded()) {
            case FAIL -> fail(task.run, task.node, task.element, Budgets.failure(task, budget));
            case ASK -> hold(task, budget);
        }
        settle(task.run);
    }

    private void hold(Task task, BudgetSpec budget) {
        var run = task.run;
        recorder.record(new Fact.TaskHeld(
                run.tenant.id, recorder.now(), run.id, run.generation, task.node.number, task.element, budget.name()));
    }

    /** Lets a run that has not ended use more of a budget that it has. */
    void raise(Run run, Command.RaiseBudget command) {
        recorder.record(new Fact.BudgetRaised(
                run.tenant.id,
                recorder.now(),
                run.id,
                command.budget(),
                command.limit(),
                command.by(),
                command.reason()));
        settle(run);
    }

    private void refuse(Task task) {
        int take = task.costsTooMuch();
        if (task.state != TaskState.QUEUED || task.seal != null || take < 0) {
            return;
        }
        var limit = task.node.takes.get(take).limit();
        fail(
                task.run,
                task.node,
                task.element,
                Failure.of(
                        Failure.COST_ABOVE_BURST,
                        "Step '" + task.node.name + "' would take " + task.cost(take) + " tokens of rate limit '"
                                + limit
                                + "' at once, but its bucket holds "
                                + task.run.tenant.scheduler.limits().burst(limit)
                                + " at most, so it could never run. Raise the burst, or lower the cost."));
        settle(task.run);
    }

    private void makeRoom(Run run, Permissions.Leaving leaving) {
        var holder = leaving.holder();
        var task = run.task(holder.node(), holder.element());
        if (task == null || task.state.isFinal() || task.isCancelling() || task.seal != null) {
            return;
        }
        recorder.record(new Fact.TaskCancelRequested(
                run.tenant.id,
                recorder.now(),
                run.id,
                run.generation,
                holder.node(),
                holder.element(),
                "concurrency limit '" + leaving.claim().limit() + "'",
                reason(leaving)));
        stopLive(task, TASK_CANCELLED);
        settle(run);
    }

    private static String reason(Permissions.Leaving leaving) {
        var claim = leaving.claim();
        int limit = leaving.tenant().scheduler.limits().limit(claim.limit());
        var rule = "concurrency limit '" + claim.limit() + "'"
                + (claim.key().isEmpty() ? "" : " of key '" + claim.key() + "'") + " lets " + limit
                + (limit == 1 ? " go on, and " : " go on at once, and ");
        return leaving.holder().equals(leaving.newcomer())
                ? rule + "there was no room when this one came"
                : rule + "run " + leaving.newcomer().run() + ", which is newer, took its place";
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

    private void stopLive(Task task, String reason) {
        if (task != null && task.seal == null && task.state.isLive() && task.worker.isConnected()) {
            recorder.effect(new Effect.CancelAttempt(task.worker.session, task.ref(), reason));
        }
    }

    /** After every fact about a run: refuses what will not run, and ends the run or goes on to its clean-up. */
    void settle(Run run) {
        while (!ledger.steps.toRefuse.isEmpty()) {
            var refusal = ledger.steps.toRefuse.remove(ledger.steps.toRefuse.size() - 1);
            if (refusal.run().isPending(refusal.node().number)) {
                refuse(run, refusal.node(), refusal.verdict(), refusal.reason());
            }
        }
        if (run.active > 0 || run.hasEnded()) {
            return;
        }
        var handlers = run.isStopping() && !run.isCleaningUp() ? handlers(run) : List.<Integer>of();
        if (!handlers.isEmpty()) {
            recorder.record(new Fact.CleanUpStarted(run.tenant.id, recorder.now(), run.id, handlers));
        } else if (Kinship.concerns(run)) {
            ledger.steps.leaving.add(run);
        } else {
            end(run);
        }
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
    private static List<Integer> handlers(Run run) {
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
