package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Fact;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Applies the facts with which a run begins: for the first time, again after its end, and anew because its code wants it so. */
final class Beginnings {
    /** The names of how many events a run remembers that began anew. */
    private static final int MOST_HEARD = 100;

    private final Memory memory;
    private final Steps steps;
    private final Rebuilder rebuilder;
    private final StartWindows windows;

    Beginnings(Memory memory, Steps steps, Rebuilder rebuilder, StartWindows windows) {
        this.memory = memory;
        this.steps = steps;
        this.rebuilder = rebuilder;
        this.windows = windows;
    }

    void begin(Fact.RunStarted fact) {
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
        States.note(run, fact.at(), run.state.name(), "");
        throttle(run, fact.at());
        if (StartWindows.isFor(run)) {
            windows.open(run);
        } else {
            begin(run, fact.at());
        }
    }

    /** A start was let through. */
    static void throttle(Run run, Instant at) {
        var spec = run.version.plan.triggers.throttle();
        if (spec.isPresent() && run.parent == null && run.terms.failure().isEmpty()) {
            run.tenant.throttles.take(
                    run.version.ref.workflow(), spec.get(), run.terms.door().throttle(), Instants.micros(at));
        }
    }

    void close(Run run, Fact.WindowClosed fact) {
        States.note(
                run, fact.at(), "WINDOW_CLOSED", run.window.starts + (run.window.starts == 1 ? " start" : " starts"));
        windows.leave(run);
        windows.forgetInputs(run);
        memory.holds(run, fact.input());
        run.window = null;
        run.input = fact.input();
        run.terms = fact.terms();
        run.deadline = fact.deadline();
        begin(run, fact.at());
    }

    private void begin(Run run, Instant at) {
        memory.timers.set(run, Instants.micros(run.deadline));
        admit(run, at);
        steps.contend(run);
        for (int number : run.version.plan.ordered) {
            var node = run.node(number);
            if (node.parents > 0) {
                break;
            }
            if (run.isPending(number)) {
                steps.ready(run, node, at);
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
    void replay(Fact.RunReplayed fact) {
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
        run.heard = fact.heard();
        enter(run);
        States.note(
                run,
                fact.at(),
                Ledger.REPLAYED,
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

    private void enter(Run run) {
        memory.add(run);
        memory.markDirty(run);
        memory.timers.set(run, Instants.micros(run.deadline));
    }

    // ---- anew ----

    /** Its only task that goes on has left its worker. What was sent to the run and not taken yet stays. */
    void restart(Run run, Fact.RunRestarted fact) {
        var heard = heard(run);
        var mailbox = run.mailbox;
        memory.permits.release(run);
        memory.timers.cancel(run);
        memory.remove(run);
        run.restart(run.generation + 1, fact.input(), fact.deadline(), fact.terms());
        run.heard = heard;
        run.mailbox = mailbox;
        enter(run);
        memory.holds(run, Mailbox.held(mailbox));
        if (run.version.plan.isBrought) {
            memory.rewaits(run);
        }
        States.note(run, fact.at(), RunImage.RESTARTED, "as generation " + run.generation);
        States.note(run, fact.at(), run.state.name(), "");
        steps.contend(run);
        admit(run, fact.at());
        for (int number : run.version.plan.ordered) {
            if (run.isReady(number)) {
                steps.ready(run, run.node(number), fact.at());
            }
        }
    }

    /** By the names of events, the last that the run took, in whichever generation. */
    private static Map<String, String> heard(Run run) {
        var heard = new HashMap<>(run.heard);
        for (var task : run.tasks) {
            if (task != null) {
                hear(task.awaited, heard);
                hear(task.trail, heard);
            }
        }
        while (heard.size() > MOST_HEARD) {
            heard.entrySet().stream()
                    .min(Map.Entry.<String, String>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                    .map(Map.Entry::getKey)
                    .ifPresent(heard::remove);
        }
        return Map.copyOf(heard);
    }

    private static void hear(Trail trail, Map<String, String> heard) {
        if (trail == null) {
            return;
        }
        for (var checkpoint : trail.all()) {
            if (checkpoint.kind() == CheckpointKind.EVENT
                    && checkpoint.state() == Checkpoint.State.DONE
                    && !checkpoint.source().isEmpty()) {
                heard.merge(
                        checkpoint.key().name(),
                        checkpoint.source(),
                        (one, other) -> one.compareTo(other) > 0 ? one : other);
            }
        }
    }
}
