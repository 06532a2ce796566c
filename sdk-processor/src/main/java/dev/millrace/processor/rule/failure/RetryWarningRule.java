package dev.millrace.processor.rule.failure;

import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.Durations;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.read.Policies;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.time.Duration;
import java.util.List;

/** What is written about retries has an effect, and the run lasts for all of them. */
final class RetryWarningRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow().annotation();
        var deadline = Policies.duration(workflow, "timeout", Defaults.RUN_DEADLINE);
        for (var method : subject.workflow().methods()) {
            var retries =
                    method.annotation().number("retries").map(Number::intValue).orElse(0);
            if (retries == 0) {
                withoutEffect(method, report);
            }
        }
        for (var method : subject.workflow().stepsAndActions()) {
            outlive(method, deadline, report);
        }
    }

    private static void withoutEffect(Method method, Report report) {
        var annotation = method.annotation();
        for (var member : List.of("backoff", "retryOn", "noRetryOn")) {
            annotation
                    .written(member)
                    .ifPresent(value -> report.add(Problem.at(
                                    method.element(),
                                    annotation.annotation(),
                                    value,
                                    Tag.RETRIES_WITHOUT_EFFECT,
                                    "'" + member + "' of " + method.label()
                                            + " has no effect: a failed attempt is not repeated, because 'retries' is "
                                            + (annotation.written("retries").isPresent() ? "0." : "not written."))
                            .fix("write how often an attempt is repeated: retries = 3; or remove '" + member + "'.")));
        }
    }

    private static void outlive(Method method, Duration deadline, Report report) {
        var annotation = method.annotation();
        int retries = annotation.number("retries").map(Number::intValue).orElse(0);
        var timeout = Policies.duration(annotation, "timeout", Defaults.STEP_TIMEOUT);
        var written = annotation.text("timeout");
        if (retries > 0
                && retries <= 100
                && written.isPresent()
                && timeout.compareTo(deadline) <= 0
                && timeout.multipliedBy(retries + 1L).compareTo(deadline) > 0) {
            report.add(
                    Problem.at(
                                    method.element(),
                                    annotation.annotation(),
                                    annotation.written("retries").orElseThrow(),
                                    Tag.RETRIES_OUTLIVE_WORKFLOW,
                                    (retries + 1) + " attempts of " + method.label() + " of up to " + written.get()
                                            + " each may take longer than the run, which ends after "
                                            + Durations.format(deadline) + ".")
                            .fix(
                                    "shorten the step's timeout, ask for fewer retries, or write a longer @Workflow(timeout = \"…\")."));
        }
    }
}
