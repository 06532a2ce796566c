package dev.millrace.processor.rule.failure;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** What is promised about how often a method runs can be kept. */
final class DeliveryRule implements Rule {
    private static final String AT_MOST_ONCE = "AT_MOST_ONCE";
    private static final String TRANSACTIONAL = "TRANSACTIONAL";

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            var delivery = method.annotation().constant("delivery").orElse("");
            if (delivery.equals(AT_MOST_ONCE)) {
                atMostOnce(method, report);
            }
            if (method.role() != Role.ACTION) {
                connections(subject, method, delivery, report);
            }
            if (delivery.equals(TRANSACTIONAL)) {
                transactional(subject, method, report);
            }
        }
    }

    private static void atMostOnce(Method method, Report report) {
        var annotation = method.annotation();
        annotation
                .number("retries")
                .map(Number::intValue)
                .filter(retries -> retries > 0)
                .ifPresent(retries -> report.add(Problem.at(
                                method.element(),
                                annotation.annotation(),
                                annotation.written("retries").orElseThrow(),
                                Tag.AT_MOST_ONCE_WITH_RETRY,
                                method.label() + " is AT_MOST_ONCE, so it never runs twice, but asks for " + retries
                                        + (retries == 1 ? " retry." : " retries."))
                        .fix("remove 'retries', or use AT_LEAST_ONCE and make the effect repeatable with"
                                + " StepContext.idempotencyKey().")));
    }

    private static void connections(Subject subject, Method method, String delivery, Report report) {
        var connections = method.parameters().stream()
                .filter(parameter -> subject.wiring().source(parameter) instanceof Source.Connection)
                .toList();
        if (!delivery.equals(TRANSACTIONAL)) {
            connections.forEach(parameter -> report.add(Problem.at(
                            parameter.element(),
                            Tag.CONNECTION_WITHOUT_TRANSACTIONAL,
                            method.label() + " takes a Connection (parameter '" + parameter.name()
                                    + "'), which only TRANSACTIONAL steps are given.")
                    .fix(
                            method.role() == Role.STEP
                                    ? "write delivery = Delivery.TRANSACTIONAL, or take a DataSource in the"
                                            + " constructor."
                                    : "take a DataSource in the constructor.")));
        } else if (connections.isEmpty()) {
            var annotation = method.annotation();
            report.add(Problem.at(
                            method.element(),
                            annotation.annotation(),
                            annotation.written("delivery").orElseThrow(),
                            Tag.TRANSACTIONAL_WITHOUT_CONNECTION,
                            method.label()
                                    + " is TRANSACTIONAL, but takes no java.sql.Connection to commit its effect with.")
                    .fix("add a Connection parameter, and write through it."));
        }
    }

    /** The transaction is committed when the method returns, with what it returned. */
    private static void transactional(Subject subject, Method step, Report report) {
        var returned = step.returned();
        if (returned.stage() || returned.wrapper() == Returned.Wrapper.LOOP) {
            report.add(Problem.at(
                            step.element(),
                            Tag.TRANSACTIONAL_SHAPE,
                            step.label() + " is TRANSACTIONAL and returns "
                                    + subject.types().shortName(step.returns())
                                    + ", but its transaction is committed when it returns, with the value.")
                    .fix("return " + subject.types().shortName(returned.value()) + "."));
        }
        step.annotation()
                .text("fallback")
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> report.add(Problem.at(
                                step.element(),
                                step.annotation().annotation(),
                                step.annotation().written("fallback").orElseThrow(),
                                Tag.TRANSACTIONAL_SHAPE,
                                step.label() + " is TRANSACTIONAL and has the fallback \"" + name
                                        + "\", which could answer although an attempt has committed.")
                        .fix("remove the fallback; a step that takes its Outcome sees that it failed.")));
    }
}
