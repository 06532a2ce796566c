package dev.millrace.processor.rule.failure;

import dev.millrace.manifest.StepPolicy;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** Retries are counted, and there is an end to them. */
final class RetriesRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            var annotation = method.annotation();
            var retries = annotation.number("retries").map(Number::intValue).orElse(0);
            if (retries < 0) {
                report.add(Problem.at(
                                method.element(),
                                annotation.annotation(),
                                annotation.written("retries").orElseThrow(),
                                Tag.RETRIES_BELOW_ZERO,
                                "retries = " + retries + " of " + method.label()
                                        + " is below zero; attempts are retries + 1, and endless ones there are none.")
                        .fix("write 0 to " + StepPolicy.MAX_RETRIES + ", or leave it out for none."));
            } else if (retries > StepPolicy.MAX_RETRIES) {
                report.add(Problem.at(
                                method.element(),
                                annotation.annotation(),
                                annotation.written("retries").orElseThrow(),
                                Tag.TOO_MANY_RETRIES,
                                "retries = " + retries + " of " + method.label() + " is more than "
                                        + StepPolicy.MAX_RETRIES + ", the most there may be.")
                        .fix("write 0 to " + StepPolicy.MAX_RETRIES + ", and a longer backoff."));
            }
        }
    }
}
