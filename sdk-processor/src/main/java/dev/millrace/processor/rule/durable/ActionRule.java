package dev.millrace.processor.rule.durable;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.lang.model.type.TypeMirror;

/**
 * An action is a call with a value: durable code hands over arguments and gets the result back. So its facade can have the
 * same methods, less what the engine gives.
 */
final class ActionRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var first = new HashMap<String, Method>();
        for (var action : subject.workflow().actions()) {
            result(subject, action, report);
            exceptions(subject, action, report);
            parameters(subject, action, report);
            delivery(action, report);
            var other = first.putIfAbsent(signature(subject, action), action);
            if (other != null) {
                report.add(overloaded(subject, action, other));
            }
            if (!subject.workflow().isCatalogue()
                    && subject.workflow().steps().stream().noneMatch(subject.wiring()::durable)) {
                report.add(Problem.at(
                                action.element(),
                                Tag.UNUSED_ACTION,
                                "Nothing can call action " + action.label() + ": no step of "
                                        + subject.workflow().label() + " takes a Durable.")
                        .fix("give the step that calls it a Durable parameter, or remove @Action."));
            }
        }
    }

    private static void result(Subject subject, Method action, Report report) {
        var returned = action.returned();
        if (returned.stage() || returned.wrapper() == Returned.Wrapper.LOOP) {
            report.add(Problem.at(
                            action.element(),
                            Tag.ACTION_SIGNATURE,
                            "Action " + action.label() + " returns "
                                    + subject.types().shortName(action.returns())
                                    + ", but durable code gets the value itself"
                                    + (returned.stage() ? "." : ", and is its own loop."))
                    .fix("return " + subject.types().shortName(returned.value()) + "."));
        }
    }

    /** The facade calls an action as a {@code Callable}, which cannot throw every {@code Throwable}. */
    private static void exceptions(Subject subject, Method action, Report report) {
        var types = subject.types();
        for (TypeMirror thrown : action.element().getThrownTypes()) {
            if (!types.extendsClass(thrown, "java.lang.Exception") && !types.extendsClass(thrown, "java.lang.Error")) {
                report.add(Problem.at(
                                action.element(),
                                Tag.ACTION_SIGNATURE,
                                "Action " + action.label() + " throws " + types.shortName(thrown)
                                        + ", but what durable code calls throws exceptions at most.")
                        .fix("declare Exception, or a subclass of it."));
            }
        }
    }

    /** Durable code hands values over; it neither takes them from the graph nor has a transaction to give. */
    private static void parameters(Subject subject, Method action, Report report) {
        for (var parameter : action.parameters()) {
            Stream.of(parameter.from(), parameter.input())
                    .flatMap(Optional::stream)
                    .forEach(mirror -> report.add(Problem.at(
                                    parameter.element(),
                                    mirror.annotation(),
                                    Tag.MISPLACED_ANNOTATION,
                                    "@" + mirror.simpleName() + " has no effect: " + action.label() + " is no step.")
                            .fix("remove it; durable code hands the value over.")));
            if (subject.wiring().source(parameter) instanceof Source.Connection) {
                report.add(Problem.at(
                                parameter.element(),
                                Tag.ACTION_SIGNATURE,
                                "Action " + action.label() + " takes a Connection (parameter '" + parameter.name()
                                        + "'), which only TRANSACTIONAL steps are given.")
                        .fix("make it a step, or take a DataSource in the constructor."));
            }
        }
    }

    private static void delivery(Method action, Report report) {
        var annotation = action.annotation();
        annotation
                .constant("delivery")
                .filter("TRANSACTIONAL"::equals)
                .ifPresent(delivery -> report.add(Problem.at(
                                action.element(),
                                annotation.annotation(),
                                annotation.written("delivery").orElseThrow(),
                                Tag.ACTION_SIGNATURE,
                                "Action " + action.label()
                                        + " is TRANSACTIONAL, but its result is stored by the step that calls it, not in a"
                                        + " transaction of its own.")
                        .fix("make it a step, or use AT_LEAST_ONCE and the idempotency key of its StepContext.")));
    }

    private static Problem overloaded(Subject subject, Method action, Method other) {
        return Problem.at(
                        action.element(),
                        Tag.ACTION_SIGNATURE,
                        "Actions \"" + other.name() + "\" and \"" + action.name() + "\" would be one method "
                                + action.element().getSimpleName() + "("
                                + String.join(", ", types(subject, action)) + ") of "
                                + subject.workflow().label() + "Steps.")
                .fix("give one of the methods another name.");
    }

    private static String signature(Subject subject, Method action) {
        return action.element().getSimpleName() + "(" + String.join(",", types(subject, action)) + ")";
    }

    /** The types of what a caller hands over, as far as overloads are told apart by them. */
    private static List<String> types(Subject subject, Method action) {
        return action.parameters().stream()
                .filter(parameter -> subject.wiring().source(parameter) instanceof Source.Argument)
                .map(Parameter::type)
                .map(type -> subject.types().types().erasure(type))
                .map(subject.types()::shortName)
                .toList();
    }
}
