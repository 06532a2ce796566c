package dev.millrace.processor.rule.shape;

import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** A workflow does something. */
final class HasStepsRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        var inherits = InheritedStepRule.inherited(subject).stream()
                .anyMatch(method -> Vocabulary.of(method).stream()
                        .anyMatch(mirror -> mirror.qualifiedName().equals(Vocabulary.STEP)));
        if (workflow.steps().isEmpty() && !inherits && !workflow.isCatalogue()) {
            report.add(Problem.at(
                            workflow.type(),
                            Tag.NO_STEPS,
                            "@Workflow " + workflow.label() + " has no method with @Step.")
                    .fix("put @Step on the methods that do the work."));
        }
    }
}
