package dev.millrace.processor.rule.failure;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** There is one method for failed runs, and it asks only for what every failed run has. */
final class OnFailureRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var methods = subject.workflow().of(Role.ON_FAILURE);
        for (var method : methods) {
            if (!method.equals(methods.get(0))) {
                report.add(Problem.at(
                                method.element(),
                                Tag.TWO_ON_FAILURE,
                                subject.workflow().label() + " has two methods with @OnFailure: "
                                        + methods.get(0).label() + " and " + method.label() + ".")
                        .fix("do both in one method."));
            }
            signature(subject, method, report);
        }
    }

    private static void signature(Subject subject, Method method, Report report) {
        if (method.hasValue()) {
            report.add(Problem.at(
                            method.element(),
                            Tag.ON_FAILURE_SIGNATURE,
                            "On-failure method " + method.label() + " returns "
                                    + subject.types().shortName(method.returns()) + ", but nothing takes its value.")
                    .fix("make it void."));
        }
        for (var parameter : method.parameters()) {
            var source = subject.wiring().source(parameter);
            if (source instanceof Source.Parent
                    || source instanceof Source.Unknown
                    || source instanceof Source.Ambiguous
                    || source instanceof Source.NoParent
                    || source instanceof Source.OptionalParent
                    || source instanceof Source.ParentOutcome) {
                report.add(Problem.at(
                                parameter.element(),
                                Tag.ON_FAILURE_SIGNATURE,
                                "On-failure method " + method.label() + " cannot take "
                                        + subject.types().shortName(parameter.type()) + " (parameter '"
                                        + parameter.name() + "').")
                        .detail(
                                "It may take the workflow's input, a RunFailure and a StepContext; no step need have succeeded.")
                        .fix(
                                subject.types().extendsClass(parameter.type(), "java.lang.Throwable")
                                        ? "take a RunFailure, which says what failed and why."
                                        : "remove the parameter."));
            }
        }
    }
}
