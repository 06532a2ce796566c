package dev.millrace.engine.core;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command.Completion;
import dev.millrace.engine.Command.ConnectWorker;
import dev.millrace.engine.Command.ExtendTimeout;
import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Command.WorkerSays;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Effect.RefusedCompletion;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.WorkerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Decides about workers: who is there, which attempts are theirs, and what they say of them. */
final class Attendance {
    static final String STALE_ATTEMPT = "STALE_ATTEMPT";

    private final Memory memory;
    private final Recorder recorder;
    private final Progress progress;
    private final Accounts accounts;
    private final Restarts restarts;
    /** Looked up, never walked. */
    private final Map<Long, Worker> sessions = new HashMap<>();

    Attendance(Memory memory, Recorder recorder, Progress progress, Accounts accounts, Restarts restarts) {
        this.memory = memory;
        this.recorder = recorder;
        this.progress = progress;
        this.accounts = accounts;
        this.restarts = restarts;
    }

    // ---- streams ----

    void connect(ConnectWorker command) {
        var worker = memory.tenant(command.tenant()).worker(command.worker().id());
        if (worker.isConnected()) {
            recorder.effect(new Effect.CloseWorker(
                    worker.session,
                    "REPLACED",
                    "Another stream of worker " + worker.id + " took over; this one is closed."));
            sessions.remove(worker.session);
        }
        memory.timers.cancel(worker);
        giveBackHeld(worker);
        worker.connect(command.session(), command.worker(), recorder.now());
        sessions.put(command.session(), worker);
        progress.unbind(worker);

        var claimed = new HashSet<Task>();
        var stale = new ArrayList<AttemptRef>();
        for (var ref : command.running()) {
            var task = live(worker, ref);
            if (task == null) {
                stale.add(ref);
            } else {
                claimed.add(task);
            }
        }
        recorder.effect(new Effect.WelcomeWorker(command.session(), stale));
        if (worker.sentAway) {
            sendAway(worker);
        }
        for (var task : worker.tasks()) {
            if (claimed.contains(task)) {
                claim(task);
            } else {
                progress.lose(task, "its worker came back without it");
            }
        }
    }

    /** The worker still has the attempt: its time goes on, but leaves room to deliver what is done already. */
    private void claim(Task task) {
        progress.accept(task);
        long soonest = recorder.nowMicros() + Instants.micros(memory.settings.acceptLease());
        long end = Math.max(task.endMicros(), soonest);
        memory.timers.set(task, task.trail == null ? end : Math.min(end, task.trail.nextMicros()));
        if (task.seal != null) {
            return; // whatever became of its run, this has to be made sure
        }
        if (task.run.isHalted() && task.run.version.plan.isStep(task.node.number)) {
            recorder.effect(new Effect.CancelAttempt(task.worker.session, task.ref(), Progress.RUN_CANCELLED));
        } else if (task.isCancelling()) {
            recorder.effect(new Effect.CancelAttempt(task.worker.session, task.ref(), Progress.TASK_CANCELLED));
        }
    }

    void disconnect(long session) {
        var worker = sessions.remove(session);
        if (worker != null) {
            giveBackHeld(worker);
            worker.disconnect();
            await(worker);
        }
    }

    /** Gives an absent worker the grace to come back for its attempts; without any it is forgotten. */
    void await(Worker worker) {
        if (!worker.hasTasks() && worker.tenant.scheduler.boundTo(worker.text).isEmpty()) {
            worker.tenant.workers.remove(worker.id);
            return;
        }
        for (var task : worker.tasks()) {
            memory.timers.cancel(task);
        }
        memory.timers.set(worker, recorder.nowMicros() + Instants.micros(memory.settings.reconnectGrace()));
    }

    void graceOver(Worker worker) {
        for (var task : worker.tasks()) {
            progress.lose(task, "its worker left and did not come back");
        }
        worker.tenant.workers.remove(worker.id);
        progress.unbind(worker);
    }

    private void giveBackHeld(Worker worker) {
        for (var held : List.copyOf(worker.held.values())) {
            giveBack(held);
        }
    }

    void giveBack(HeldSlots held) {
        memory.timers.cancel(held);
        held.worker.giveBack(held);
    }

    // ---- frames ----

    void says(WorkerSays command) {
        var worker = sessions.get(command.session());
        if (worker == null) {
            closeUnknown(command.session());
            return;
        }
        for (int i = 0; i < command.accepted().size(); i++) {
            accepted(worker, command.accepted().get(i));
        }
        completed(worker, command.completions());
        for (int i = 0; i < command.returned().size(); i++) {
            returned(worker, command.returned().get(i), command.draining());
        }
        if (command.draining() && !worker.draining) {
            drain(worker);
        }
    }

    /** Somebody wants a worker to leave. */
    void sendAway(TenantId tenant, WorkerId id) {
        var worker = memory.tenant(tenant).workers.get(id);
        if (worker != null) {
            worker.sentAway = true;
            if (worker.isConnected()) {
                sendAway(worker);
            }
        }
    }

    private void sendAway(Worker worker) {
        recorder.effect(new Effect.LeaveWorker(worker.session));
        drain(worker);
    }

    /** It takes no more; what had to go there goes elsewhere, because it may take long to finish what it has. */
    private void drain(Worker worker) {
        worker.drain();
        progress.unbind(worker);
    }

    void extend(ExtendTimeout command) {
        about(command.session(), command.attempt(), task -> progress.extend(task, command.more()));
    }

    /** Does something about a live attempt of a worker, or tells the worker that it is not any more. */
    void about(long session, AttemptRef attempt, Consumer<Task> does) {
        var worker = sessions.get(session);
        if (worker == null) {
            closeUnknown(session);
            return;
        }
        var task = live(worker, attempt);
        if (task != null) {
            does.accept(task);
        } else if (!worker.held.containsKey(attempt)) {
            recorder.effect(new Effect.CancelAttempt(worker.session, attempt, Progress.STALE));
        }
    }

    private void closeUnknown(long session) {
        recorder.effect(new Effect.CloseWorker(
                session,
                "SESSION_UNKNOWN",
                "This stream is not open, or another one of the same worker took over. Connect again."));
    }

    private void accepted(Worker worker, AttemptRef ref) {
        var task = live(worker, ref);
        if (task != null) {
            progress.accept(task);
        } else if (!worker.held.containsKey(ref)) {
            recorder.effect(new Effect.CancelAttempt(worker.session, ref, Progress.STALE));
        }
    }

    private void completed(Worker worker, List<Completion> completions) {
        if (completions.isEmpty()) {
            return;
        }
        long upTo = 0;
        List<RefusedCompletion> refused = List.of();
        for (int i = 0; i < completions.size(); i++) {
            var completion = completions.get(i);
            upTo = Math.max(upTo, completion.sequence());
            var refusal = decide(worker, completion);
            if (refusal != null) {
                refused = refused.isEmpty() ? new ArrayList<>() : refused;
                refused.add(refusal);
            }
        }
        worker.decided = Math.max(worker.decided, upTo);
        recorder.effect(new Effect.AckCompletions(worker.session, upTo, refused));
    }

    /** Null when it was taken, or had been before. */
    private RefusedCompletion decide(Worker worker, Completion completion) {
        var ref = completion.attempt();
        var held = worker.held.get(ref);
        if (held != null) {
            giveBack(held);
        }
        var task = live(worker, ref);
        if (task != null) {
            end(task, accounts.ended(task, completion.spent(), completion.outcome()));
            return null;
        }
        if (completion.sequence() <= worker.decided) {
            return null; // sent again, because the acknowledgement was lost
        }
        var run = memory.runs.get(ref.run());
        if (run == null || run.tenant != worker.tenant) {
            return new RefusedCompletion(
                    completion.sequence(),
                    Inquiries.RUN_NOT_FOUND,
                    "Run " + ref.run() + " is not active; the completion had no effect.");
        }
        var newest = run.task(ref.node(), ref.element());
        if (newest != null
                && run.generation == ref.generation()
                && newest.attempt == ref.attempt()
                && newest.worker.id.equals(worker.id)
                && newest.ended.isBefore(worker.connected)
                && (newest.state == TaskState.SUCCEEDED || newest.state == TaskState.FAILED)
                && held == null) {
            return null; // sent again after a crash of ours, and decided before it
        }
        return new RefusedCompletion(
                completion.sequence(),
                STALE_ATTEMPT,
                "Attempt " + ref.attempt() + " of node " + ref.node() + ", element " + ref.element() + " of run "
                        + ref.run()
                        + " is not this worker's any more"
                        + (newest == null ? "" : ": the newest attempt is " + newest.attempt)
                        + ". The completion had no effect.");
    }

    private void end(Task task, Outcome outcome) {
        if (outcome instanceof Outcome.Restart restart && task.seal == null) {
            restarts.restart(task, restart.input());
        } else {
            progress.complete(task, outcome);
        }
    }

    private void returned(Worker worker, AttemptRef ref, boolean leaving) {
        var held = worker.held.get(ref);
        if (held != null) {
            giveBack(held);
        }
        var task = live(worker, ref);
        if (task != null) {
            if (!leaving) {
                pause(worker, task);
            }
            progress.lose(task, "given back");
        }
    }

    /** A worker that gives an attempt back has no room for another at once, whatever it said of its slots. */
    private void pause(Worker worker, Task task) {
        var held = new HeldSlots(task);
        worker.hold(held);
        memory.timers.set(held, recorder.nowMicros() + Instants.micros(memory.settings.acceptLease()));
    }

    /** The task whose newest attempt this is, live and with this worker; else null. */
    private Task live(Worker worker, AttemptRef ref) {
        var run = memory.runs.get(ref.run());
        if (run == null || run.generation != ref.generation()) {
            return null;
        }
        var task = run.task(ref.node(), ref.element());
        return task != null && task.state.isLive() && task.attempt == ref.attempt() && task.worker == worker
                ? task
                : null;
    }
}
