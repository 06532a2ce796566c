package dev.millrace.processor.rule.sharing;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** A step that serves many tasks in one call takes a list of everything, and gives a list of as many results. */
final class BatchRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var step : subject.workflow().steps()) {
            if (step.batched()) {
                result(subject, step, report);
                fallback(step, report);
                step.parameters().forEach(parameter -> parameter(subject, step, parameter, report));
            }
        }
    }

    private static void result(Subject subject, Method step, Report report) {
        var declared = step.element().getReturnType();
        var type = subject.types().shortName(declared);
        if (declared.getKind() != TypeKind.VOID && !isList(subject, declared)) {
            var value = subject.types()
                    .shortName(subject.types().boxed(Returned.of(declared).value()));
            report.add(Problem.at(
                            step.element(),
                            Tag.BATCH_SHAPE,
                            "Step " + step.label() + " has @Batch and returns " + type
                                    + ", but one call serves many tasks, and each has a result of its own.")
                    .fix("return List<" + value + ">, in the order of what it takes, or nothing."));
        } else if (step.returned().wrapper() == Returned.Wrapper.LOOP
                || step.returned().stage()) {
            report.add(Problem.at(
                            step.element(),
                            Tag.BATCH_SHAPE,
                            "Step " + step.label() + " has @Batch and returns " + type
                                    + ", but one call serves many tasks, which end together.")
                    .fix("return List<"
                            + subject.types().shortName(step.returned().value()) + ">, or remove @Batch."));
        }
    }

    /** Some tasks of a call have attempts left and others none, so no one answer could stand in for all. */
    private static void fallback(Method step, Report report) {
        step.annotation()
                .text("fallback")
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> report.add(Problem.at(
                                step.element(),
                                Tag.BATCH_SHAPE,
                                "Step " + step.label() + " has @Batch and the fallback \"" + name
                                        + "\", but the tasks of one call use up their attempts each by itself.")
                        .fix(
                                "remove the fallback, or @Batch. A BatchFailure says which tasks failed, and gives the others their"
                                        + " results.")));
    }

    private static void parameter(Subject subject, Method step, Parameter parameter, Report report) {
        var declared = parameter.element().asType();
        var type = subject.types().shortName(declared);
        var source = subject.wiring().source(parameter);
        if (source instanceof Source.Context
                || source instanceof Source.Durable
                || source instanceof Source.Stream
                || source instanceof Source.Turn
                || source instanceof Source.Connection) {
            report.add(shape(step, parameter, " takes a " + type + ", but one call serves tasks of many runs.")
                    .fix("remove the parameter, or @Batch."));
        } else if (!isList(subject, declared) && !(source instanceof Source.Failure)) {
            report.add(shape(
                            step,
                            parameter,
                            " takes " + type + " (parameter '" + parameter.name()
                                    + "'), but one call serves many tasks, and each has a value of its own.")
                    .fix("take List<"
                            + subject.types().shortName(subject.types().boxed(declared)) + ">."));
        }
    }

    private static Problem shape(Method step, Parameter parameter, String rest) {
        return Problem.at(parameter.element(), Tag.BATCH_SHAPE, "Step " + step.label() + " has @Batch and" + rest);
    }

    private static boolean isList(Subject subject, TypeMirror type) {
        return subject.types().isA(type, Vocabulary.LIST) && subject.types().argument(type) != type;
    }
}
