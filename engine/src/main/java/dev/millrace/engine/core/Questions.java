package dev.millrace.engine.core;

import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Verdict;
import java.util.List;

/** Asks the edge about steps that it has to tell whether and how they run, again until it answers, and decides by its answers. */
final class Questions {
    private final Memory memory;
    private final Steps steps;
    private final Recorder recorder;
    private final Progress progress;

    Questions(Memory memory, Steps steps, Recorder recorder, Progress progress) {
        this.memory = memory;
        this.steps = steps;
        this.recorder = recorder;
        this.progress = progress;
    }

    /** Asks the questions that have come up. */
    void ask() {
        for (int i = 0; i < steps.unsettled.toAsk.size(); i++) {
            var question = steps.unsettled.toAsk.get(i);
            if (question.isOpen()) {
                ask(question);
            }
        }
        steps.unsettled.toAsk.clear();
    }

    /** After a recovery: with the next command, because only then somebody listens. */
    void askSoon() {
        for (var question : steps.unsettled.toAsk) {
            if (question.isOpen()) {
                memory.timers.set(question, recorder.nowMicros());
            }
        }
        steps.unsettled.toAsk.clear();
    }

    void ask(Question question) {
        var run = question.run;
        memory.timers.set(question, recorder.nowMicros() + Instants.micros(memory.settings.acceptLease()));
        recorder.effect(new Effect.DecideStep(
                run.tenant.id,
                run.id,
                run.generation,
                run.version.ref,
                question.node.number,
                elements(run, question.node),
                Values.questioned(run, question.node),
                run.input,
                run.metadata));
    }

    private static int elements(Run run, Plan.Node node) {
        return node.isMapped() ? Values.elements(run, node.mappedOver) : 1;
    }

    void decided(Command.StepDecided command) {
        var run = memory.runs.get(command.run());
        if (run == null
                || !run.tenant.id.equals(command.tenant())
                || run.generation != command.generation()
                || run.question(command.node()) == null) {
            return; // answered twice, or not of interest any more
        }
        var node = run.node(command.node());
        var decision = command.decision();
        if (decision instanceof Decision.Each each) {
            admitEach(run, node, each.verdicts());
        } else if (decision instanceof Decision.Whole whole) {
            var verdict = whole.verdict();
            if (verdict instanceof Verdict.Holds) {
                admit(run, node, List.of(verdict));
            } else {
                progress.refuse(run, node, verdict, Steps.HOLDS_NOT);
            }
        }
        progress.settle(run);
    }

    private void admitEach(Run run, Plan.Node node, List<Verdict> verdicts) {
        if (node.isMapped() && verdicts.size() == elements(run, node)) {
            admit(run, node, verdicts);
        } else {
            var message = "Step '" + node.name + "' has " + elements(run, node) + " tasks, but " + verdicts.size()
                    + " of them were decided.";
            progress.fail(run, node, 0, Failure.of(Failure.KEY_EXPRESSION_ERROR, message));
        }
    }

    private void admit(Run run, Plan.Node node, List<Verdict> verdicts) {
        recorder.record(
                new Fact.StepAdmitted(run.tenant.id, recorder.now(), run.id, run.generation, node.number, verdicts));
    }
}
