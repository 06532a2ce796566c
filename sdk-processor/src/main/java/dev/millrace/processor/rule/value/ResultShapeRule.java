package dev.millrace.processor.rule.value;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** A loop has a state, a stage has a value, a stream has items; and none is inside another where it could not be told apart. */
final class ResultShapeRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var step : subject.workflow().steps()) {
            var returned = step.returned();
            if (returned.stage()) {
                stage(subject, step, returned, report);
            } else if (returned.wrapper() == Returned.Wrapper.LOOP) {
                loop(subject, step, returned, report);
            }
            emitters(subject, step, report);
        }
    }

    private static void stage(Subject subject, Method step, Returned returned, Report report) {
        var name = subject.types().shortName(step.returns());
        if (returned.raw()) {
            report.add(Problem.at(
                            step.element(),
                            Tag.ASYNC_SIGNATURE,
                            "Step " + step.label() + " returns " + name
                                    + " without saying of what, so nobody knows what to store.")
                    .fix("write the type: " + name + "<…>, or " + name + "<Void> for no value."));
        } else if (subject.types().mentions(returned.wrapped(), Vocabulary.ONLY_RESULTS)) {
            report.add(Problem.at(
                            step.element(),
                            Tag.ASYNC_SIGNATURE,
                            "Step " + step.label() + " returns " + name + ", but what comes later is a plain value"
                                    + (returned.wrapper() == Returned.Wrapper.LOOP
                                            ? ", and no turn of a loop."
                                            : ", and not another stage."))
                    .fix(
                            returned.wrapper() == Returned.Wrapper.LOOP
                                    ? "return " + subject.types().shortName(returned.wrapped())
                                            + " and wait in the turn."
                                    : "flatten it with thenCompose(…)."));
        }
    }

    private static void loop(Subject subject, Method step, Returned returned, Report report) {
        var state = subject.types().shortName(returned.value());
        if (returned.raw() || !returned.hasValue()) {
            report.add(Problem.at(
                            step.element(),
                            Tag.LOOP_SIGNATURE,
                            "Step " + step.label() + " returns "
                                    + subject.types().shortName(step.returns())
                                    + ", but the turns of a loop hand on a state, which is its value in the end.")
                    .fix("write the type of the state: Loop<…>."));
        } else if (subject.types().mentions(returned.value(), Vocabulary.ONLY_RESULTS)) {
            report.add(Problem.at(
                            step.element(),
                            Tag.LOOP_SIGNATURE,
                            "Step " + step.label() + " returns "
                                    + subject.types().shortName(step.returns())
                                    + ", but the state of a loop is a plain value.")
                    .fix("make it a record."));
        } else if (step.parameters().stream()
                .noneMatch(parameter -> subject.wiring().source(parameter) instanceof Source.Turn)) {
            report.add(Problem.at(
                            step.element(),
                            Tag.LOOP_WITHOUT_STATE,
                            "Step " + step.label() + " returns Loop<" + state + ">, but takes no Optional<" + state
                                    + ">, so no turn knows of the one before.")
                    .fix("add a parameter Optional<" + state + "> previous."));
        }
    }

    private static void emitters(Subject subject, Method step, Report report) {
        for (var parameter : step.parameters()) {
            if (subject.wiring().source(parameter) instanceof Source.Stream stream
                    && subject.types().isA(stream.item(), Vocabulary.EMITTER)) {
                report.add(Problem.at(
                                parameter.element(),
                                Tag.EMITTER_ELEMENT_TYPE,
                                "Parameter '" + parameter.name() + "' of " + step.label()
                                        + " is an Emitter without saying of what, so nobody could read the stream.")
                        .fix("write the type of the items: Emitter<…>."));
            }
        }
    }
}
