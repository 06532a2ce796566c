package dev.millrace.processor.rule.graph;

import dev.millrace.processor.report.DidYouMean;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashSet;

/** {@code after} names other steps of the workflow. */
final class AfterRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        for (var step : workflow.steps()) {
            var annotation = step.annotation();
            var seen = new HashSet<String>();
            for (var value : annotation.items("after")) {
                var name = String.valueOf(value.getValue());
                if (!seen.add(name)) {
                    report.add(Problem.at(
                                    step.element(),
                                    annotation.annotation(),
                                    value,
                                    Tag.TOLD_TWICE,
                                    "Step " + step.label() + " stands after \"" + name + "\" twice.")
                            .fix("remove one of them."));
                } else if (name.equals(step.name())) {
                    report.add(Problem.at(
                                    step.element(),
                                    annotation.annotation(),
                                    value,
                                    Tag.SELF_DEPENDENCY,
                                    "Step " + step.label() + " stands after itself, so it could never start.")
                            .fix("remove \"" + name + "\" from 'after'."));
                } else if (workflow.step(name).isEmpty()) {
                    report.add(Problem.at(
                                    step.element(),
                                    annotation.annotation(),
                                    value,
                                    Tag.UNKNOWN_STEP,
                                    "after = \"" + name + "\" names no step of " + workflow.label() + "."
                                            + DidYouMean.among(workflow.stepNames(), name))
                            .detail("Steps: " + String.join(", ", workflow.stepNames()))
                            .fix(DidYouMean.fix(workflow.stepNames(), name, "remove it.")));
                }
            }
        }
    }
}
