package dev.millrace.processor.rule.literal;

import dev.millrace.manifest.Defaults;
import dev.millrace.processor.read.DurationLiteral;
import dev.millrace.processor.read.Policies;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** No step is promised more time than its run has. Only a written timeout is a promise; the default is a bound. */
final class StepOutlivesWorkflowRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow().annotation();
        var deadline = Policies.duration(workflow, "timeout", Defaults.RUN_DEADLINE);
        var deadlineText = Policies.deadlineText(workflow);
        for (var step : subject.workflow().stepsAndActions()) {
            var annotation = step.annotation();
            annotation
                    .text("timeout")
                    .flatMap(text -> DurationLiteral.positive(text).asOptional())
                    .filter(timeout -> timeout.compareTo(deadline) > 0)
                    .ifPresent(timeout -> report.add(Problem.at(
                                    step.element(),
                                    annotation.annotation(),
                                    annotation.written("timeout").orElseThrow(),
                                    Tag.STEP_OUTLIVES_WORKFLOW,
                                    step.label() + " may take "
                                            + annotation.text("timeout").orElse("") + ", but the run ends after "
                                            + deadlineText + ".")
                            .fix("shorten the step's timeout, or write a longer one: @Workflow(timeout = \"…\").")));
        }
    }
}
