package dev.millrace.processor.rule.durable;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.read.Policies;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/**
 * A durable step is entered again and again, on a thread of its own, and its value is what it returns in the end. So it is
 * neither a loop nor a stage, and not promised to begin once; and somebody said how long all of it may take.
 */
final class DurableRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var step : subject.workflow().steps()) {
            if (subject.wiring().durable(step)) {
                result(subject, step, report);
                delivery(step, report);
                timeout(subject, step, report);
            }
        }
    }

    private static void result(Subject subject, Method step, Report report) {
        var returned = step.returned();
        if (!returned.stage() && returned.wrapper() != Returned.Wrapper.LOOP) {
            return;
        }
        var why = returned.stage()
                ? "a Durable is for the thread of the step, so there is nobody to answer later."
                : "durable code stores what it does by itself, and so needs no stored turns.";
        report.add(Problem.at(
                        step.element(),
                        Tag.DURABLE_SIGNATURE,
                        "Durable step " + step.label() + " returns "
                                + subject.types().shortName(step.returns()) + ", but " + why)
                .fix("return " + subject.types().shortName(returned.value())
                        + (returned.stage() ? ", and wait for it." : ", and write the loop as a loop.")));
    }

    private static void delivery(Method step, Report report) {
        step.annotation()
                .constant("delivery")
                .filter(delivery -> !delivery.equals("AT_LEAST_ONCE"))
                .ifPresent(delivery -> report.add(Problem.at(
                                step.element(),
                                step.annotation().annotation(),
                                step.annotation().written("delivery").orElseThrow(),
                                Tag.DURABLE_SIGNATURE,
                                "Durable step " + step.label() + " cannot be " + delivery
                                        + ": its method is entered again after every wait.")
                        .fix("remove it, and say it of the action that must not be repeated.")));
    }

    private static void timeout(Subject subject, Method step, Report report) {
        if (step.annotation().written("timeout").isEmpty()) {
            report.add(Problem.at(
                            step.element(),
                            step.annotation().annotation(),
                            Tag.DURABLE_WITHOUT_TIMEOUT,
                            "Durable step " + step.label() + " may go on until the run ends, which is after "
                                    + Policies.deadlineText(subject.workflow().annotation())
                                    + ".")
                    .detail("The timeout of a durable step counts all its time, waits included.")
                    .fix("say how long it may take: @Step(timeout = \"7d\")."));
        }
    }
}
