package dev.millrace.engine.core;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Command.NewInput;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import java.time.Instant;
import java.util.BitSet;
import java.util.Optional;

/** Lets runs begin anew because their durable code wants it so. */
final class Restarts {
    private final Recorder recorder;
    private final Progress progress;

    Restarts(Recorder recorder, Progress progress) {
        this.recorder = recorder;
        this.progress = progress;
    }

    /** A run that is ending ends; any other begins anew, or its step fails for good where it cannot. */
    void restart(Task task, NewInput input) {
        var run = task.run;
        progress.accept(task);
        var problem = problem(task);
        if (problem.isPresent()) {
            progress.fail(task, AttemptState.FAILED, refused(problem.get()));
        } else if (run.isStopping() || task.isCancelling()) {
            recorder.record(new Fact.AttemptCancelled(run.tenant.id, recorder.now(), task.ref()));
            progress.settle(run);
        } else {
            recorder.record(new Fact.RunRestarted(
                    run.tenant.id,
                    recorder.now(),
                    task.ref(),
                    input.payload(),
                    deadline(run),
                    input.terms().requiring(run.terms.requires())));
            progress.settle(run);
        }
    }

    private static Failure refused(String problem) {
        return new Failure(Failure.RESTART_REFUSED, problem, "", true, 0, "");
    }

    /** The workflow's own time begins anew; what the start of the run allowed counts for all of it. */
    private Instant deadline(Run run) {
        long most = run.version.plan.deadlineMicros;
        boolean isOwn = Instants.micros(run.deadline) < Instants.micros(run.started) + most;
        return isOwn ? run.deadline : Instants.of(recorder.nowMicros() + most);
    }

    /** Why the run cannot begin anew from there: that must not depend on what else happens to go on. */
    private static Optional<String> problem(Task task) {
        var node = task.node;
        var plan = task.run.version.plan;
        if (task.trail == null || !plan.isStep(node.number)) {
            return Optional.of("'" + node.name + "' is no durable step, so it cannot let its run begin anew.");
        }
        if (node.isMapped()) {
            return Optional.of("Step '" + node.name + "' has several tasks, and one of them cannot let the run begin"
                    + " anew while others go on. Let a step that comes after them do it.");
        }
        var beside = beside(plan, node);
        return beside.isEmpty()
                ? Optional.empty()
                : Optional.of("Step '" + node.name + "' cannot let its run begin anew, because step '"
                        + plan.nodes[beside.nextSetBit(0)].name
                        + "' may go on beside it. Let one of them come after the other.");
    }

    /** The steps that come neither before a step nor after it. */
    private static BitSet beside(Plan plan, Plan.Node node) {
        var after = new BitSet();
        after.set(node.number);
        var before = new BitSet();
        before.set(node.number);
        for (int number : plan.ordered) {
            if (after.get(number)) {
                for (int successor : plan.nodes[number].successors) {
                    after.set(successor);
                }
            }
        }
        for (int i = plan.ordered.length - 1; i >= 0; i--) {
            for (int successor : plan.nodes[plan.ordered[i]].successors) {
                if (before.get(successor)) {
                    before.set(plan.ordered[i]);
                }
            }
        }
        var beside = new BitSet();
        beside.set(0, plan.steps);
        beside.andNot(after);
        beside.andNot(before);
        return beside;
    }
}
