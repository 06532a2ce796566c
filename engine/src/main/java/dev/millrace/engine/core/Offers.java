package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.Effect.Call;
import dev.millrace.engine.Fact;
import dev.millrace.engine.core.Budgets.Stance;
import dev.millrace.engine.scheduling.Offer;
import dev.millrace.manifest.Pinning;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;

/** Gives tasks whose turn it is to workers. */
final class Offers {
    private final Memory memory;
    private final Recorder recorder;
    private final Refusals refusals;

    Offers(Memory memory, Recorder recorder, Refusals refusals) {
        this.memory = memory;
        this.recorder = recorder;
        this.refusals = refusals;
    }

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
            refusals.refuseMoney(task);
        } else if (full != null) {
            refusals.hold(task, full);
        }
        return full == null;
    }

    private void offer(Task task, Worker worker, long call) {
        recorder.record(new Fact.AttemptOffered(
                task.run.tenant.id, recorder.now(), task.ref(task.attempt + 1), worker.id, call, build(task, worker)));
    }

    /** The build that the run stays on from its first attempt on, where its workflow says so; empty where that does not change. */
    private static String build(Task task, Worker worker) {
        var run = task.run;
        if (run.version.plan.pinning != Pinning.BUILD) {
            return "";
        }
        var build = worker.build(run.version.ref.workflow());
        return build.equals(run.build) ? "" : build;
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
                        task.node.loop ? task.loop.turn() : 0,
                        task.seal != null)));
    }

    private Duration timeLeft(Task task) {
        boolean begun = task.trail != null && !task.trail.end.equals(Instant.MAX);
        long micros = begun ? task.endMicros() - recorder.nowMicros() : task.node.timeoutMicros;
        return Duration.ofNanos(Math.max(0, micros) * 1000);
    }
}
