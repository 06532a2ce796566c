package dev.millrace.processor.rule.failure;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.report.DidYouMean;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashMap;
import java.util.stream.Collectors;

/** A compensation undoes exactly one step, from what is known when that step has succeeded. */
final class CompensationRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var first = new HashMap<Method, Method>();
        for (var method : subject.workflow().of(Role.COMPENSATION)) {
            if (method.hasValue()) {
                report.add(Problem.at(
                                method.element(),
                                Tag.COMPENSATE_SIGNATURE,
                                "Compensation " + method.label() + " returns "
                                        + subject.types().shortName(method.returns())
                                        + ", but nothing takes the value of a compensation.")
                        .fix("make it void."));
            }
            if (namesNothing(subject, method, report)) {
                continue;
            }
            var undone = subject.wiring().undone(method);
            if (undone.isEmpty()) {
                report.add(unknown(subject, method));
            } else if (undone.size() > 1) {
                report.add(ambiguous(subject, method));
            } else {
                var other = first.putIfAbsent(undone.get(0), method);
                if (other != null) {
                    report.add(Problem.at(
                                    method.element(),
                                    Tag.COMPENSATES_TWICE,
                                    "Step " + undone.get(0).label() + " is undone by " + other.label()
                                            + " already, and by " + method.label() + " again.")
                            .fix("do both in one method."));
                }
                parameters(subject, method, undone.get(0), report);
            }
        }
    }

    private static boolean namesNothing(Subject subject, Method method, Report report) {
        var annotation = method.annotation();
        var name = annotation.text("value");
        if (name.isEmpty() || subject.workflow().step(name.get()).isPresent()) {
            return false;
        }
        report.add(Problem.at(
                        method.element(),
                        annotation.annotation(),
                        annotation.written("value").orElseThrow(),
                        Tag.UNKNOWN_STEP,
                        "@Compensate(\"" + name.get() + "\") names no step of "
                                + subject.workflow().label() + "."
                                + DidYouMean.among(subject.workflow().stepNames(), name.get()))
                .detail("Steps: " + String.join(", ", subject.workflow().stepNames()))
                .fix(DidYouMean.fix(subject.workflow().stepNames(), name.get(), "add the step that it undoes.")));
        return true;
    }

    private static Problem unknown(Subject subject, Method method) {
        return Problem.at(
                        method.element(),
                        Tag.COMPENSATES_UNKNOWN,
                        "Compensation " + method.label() + " takes no value that a step of "
                                + subject.workflow().label() + " returns, so nobody knows what it undoes.")
                .detail(subject.returnedTypes())
                .fix("take the result of the step, or name the step: @Compensate(\"…\").");
    }

    private static Problem ambiguous(Subject subject, Method method) {
        var undone = subject.wiring().undone(method);
        return Problem.at(
                        method.element(),
                        Tag.COMPENSATES_AMBIGUOUS,
                        "Compensation " + method.label() + " could undo "
                                + undone.stream().map(Method::label).collect(Collectors.joining(" and ")) + ".")
                .fix("name the step: "
                        + undone.stream()
                                .map(step -> "@Compensate(\"" + step.name() + "\")")
                                .collect(Collectors.joining(" or "))
                        + ".");
    }

    private static void parameters(Subject subject, Method method, Method undone, Report report) {
        for (var parameter : method.parameters()) {
            var source = subject.wiring().source(parameter);
            var other = source instanceof Source.Parent parent && !parent.step().equals(undone);
            if (other
                    || source instanceof Source.Unknown
                    || source instanceof Source.Ambiguous
                    || source instanceof Source.NoParent
                    || source instanceof Source.OptionalParent
                    || source instanceof Source.ParentOutcome) {
                report.add(Problem.at(
                                parameter.element(),
                                Tag.COMPENSATE_SIGNATURE,
                                "Compensation " + method.label() + " of " + undone.label() + " cannot take "
                                        + subject.types().shortName(parameter.type()) + " (parameter '"
                                        + parameter.name() + "').")
                        .detail("It may take the result of the step it undoes, the workflow's input and a StepContext.")
                        .fix("put what it needs into the result of " + undone.label() + "."));
            }
        }
    }
}
