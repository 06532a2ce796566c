package dev.millrace.processor.rule.durable;

import dev.millrace.manifest.Defaults;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.read.DurationLiteral;
import dev.millrace.processor.read.Policies;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.Optional;
import java.util.stream.Stream;

/** A step waits for an event or for a human, not for both with one parameter, and not longer than its run. */
final class WaitRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            for (var parameter : method.parameters()) {
                parameter(subject, method, parameter, report);
            }
        }
    }

    private static void parameter(Subject subject, Method method, Parameter parameter, Report report) {
        if (parameter.waiting().isEmpty()) {
            return;
        }
        var mirror = parameter.waiting().get();
        if (method.role() != Role.STEP) {
            Stream.of(parameter.await(), parameter.approval())
                    .flatMap(Optional::stream)
                    .forEach(each -> report.add(misplaced(method, each)));
            return;
        }
        alone(parameter, mirror, report);
        if (mirror.written("timeout").isEmpty()) {
            report.add(endless(subject, parameter, mirror));
        } else {
            notLongerThanTheRun(subject, method, mirror, report);
        }
    }

    private static Problem misplaced(Method method, Mirror mirror) {
        return Problem.at(
                        mirror.element(),
                        mirror.annotation(),
                        Tag.MISPLACED_ANNOTATION,
                        "@" + mirror.simpleName() + " has no effect: " + method.label() + " is no step.")
                .fix(
                        method.role() == Role.ACTION
                                ? "wait in the durable step, with durable."
                                        + (mirror.simpleName().equals("Await") ? "event(…)" : "approval(…)")
                                        + ", and hand the answer over."
                                : "remove it.");
    }

    private static void alone(Parameter parameter, Mirror mirror, Report report) {
        var others = parameter.await().isPresent() && parameter.approval().isPresent()
                ? parameter.approval()
                : parameter.from().or(parameter::input).or(parameter::each);
        others.ifPresent(other -> report.add(Problem.at(
                        parameter.element(),
                        other.annotation(),
                        Tag.CONFLICTING_ANNOTATIONS,
                        "@" + mirror.simpleName() + " and @" + other.simpleName() + " exclude each other ("
                                + parameter.label() + ").")
                .fix("keep the one that says where the value comes from.")));
    }

    private static Problem endless(Subject subject, Parameter parameter, Mirror mirror) {
        var workflow = subject.workflow().annotation();
        var what = mirror.simpleName().equals("Await")
                ? "for \"" + mirror.text("event").orElse("") + "\""
                : "for an answer";
        return Problem.at(
                        parameter.element(),
                        mirror.annotation(),
                        Tag.AWAIT_WITHOUT_TIMEOUT,
                        parameter.method().getSimpleName() + "() may wait " + what
                                + " until the run ends, which is after "
                                + Policies.deadlineText(workflow)
                                + ".")
                .fix("say how long it may wait: timeout = \"7d\".");
    }

    private static void notLongerThanTheRun(Subject subject, Method method, Mirror mirror, Report report) {
        var workflow = subject.workflow().annotation();
        var deadline = Policies.duration(workflow, "timeout", Defaults.RUN_DEADLINE);
        mirror.text("timeout")
                .flatMap(text -> DurationLiteral.positive(text).asOptional())
                .filter(timeout -> timeout.compareTo(deadline) > 0)
                .ifPresent(timeout -> report.add(Problem.at(
                                mirror.element(),
                                mirror.annotation(),
                                mirror.written("timeout").orElseThrow(),
                                Tag.STEP_OUTLIVES_WORKFLOW,
                                method.label() + " may wait "
                                        + mirror.text("timeout").orElse("")
                                        + ", but the run ends after " + Policies.deadlineText(workflow)
                                        + ".")
                        .fix("shorten the wait, or write a longer deadline: @Workflow(timeout = \"…\").")));
    }
}
