package dev.millrace.processor.rule.value;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.model.Taken;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** {@code Optional} and {@code Outcome} say once, and of which value, that it may be missing. */
final class WrapperRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            result(subject, method, report);
        }
        for (var method : subject.workflow().methods()) {
            for (var parameter : method.parameters()) {
                parameter(subject, method, parameter, report);
            }
        }
    }

    private static void parameter(Subject subject, Method method, Parameter parameter, Report report) {
        var source = subject.wiring().source(parameter);
        if (source instanceof Source.Malformed) {
            report.add(malformed(subject, parameter));
        } else if (source instanceof Source.OptionalParent parent
                && method.role() == Role.STEP
                && !subject.wiring().mayLackValue(parent.step())) {
            report.add(needless(subject, parameter, parent.step()));
        }
    }

    private static void result(Subject subject, Method method, Report report) {
        var returned = method.returned();
        var type = subject.types().shortName(method.returns());
        if (isOutcome(subject, method)) {
            report.add(
                    Problem.at(
                                    method.element(),
                                    Tag.BAD_WRAPPER,
                                    method.role().noun() + " " + method.label() + " returns " + type
                                            + ", but an Outcome is what other steps are told of it.")
                            .fix(
                                    "return the value itself; throw an exception to fail, return an empty Optional to give none."));
        }
        if (returned.wrapper() != Returned.Wrapper.OPTIONAL) {
            return;
        }
        if (isRaw(returned)) {
            report.add(Problem.at(
                            method.element(),
                            Tag.BAD_WRAPPER,
                            method.role().noun() + " " + method.label()
                                    + " returns a raw Optional, so nobody knows what is in it.")
                    .fix("write its type argument, as in Optional<Payment>."));
        } else if (isNested(method)) {
            var inner = subject.types().shortName(Taken.of(returned.wrapped()).innermost());
            report.add(Problem.at(
                            method.element(),
                            Tag.BAD_WRAPPER,
                            method.role().noun() + " " + method.label() + " returns " + type
                                    + ", but what is in an Optional is the value itself.")
                    .fix("return Optional<" + inner + ">."));
        } else if (method.role() == Role.STEP && method.mapped()) {
            report.add(Problem.at(
                            method.element(),
                            Tag.BAD_WRAPPER,
                            "Step " + method.label() + " returns " + type
                                    + " for each element, but the results are joined to a list without gaps.")
                    .fix("return a List<" + subject.types().shortName(returned.value())
                            + "> of one or none, or a record that says that there is none."));
        }
    }

    /** Whether the method's result is wrapped in a way that hides what could be said of the value. */
    static boolean hides(Subject subject, Method method) {
        return isNested(method) || isOutcome(subject, method);
    }

    private static boolean isOutcome(Subject subject, Method method) {
        return subject.types().isA(method.returned().wrapped(), Vocabulary.OUTCOME);
    }

    private static boolean isNested(Method method) {
        var returned = method.returned();
        return returned.wrapper() == Returned.Wrapper.OPTIONAL && !isRaw(returned) && Taken.isWrapper(returned.value());
    }

    private static boolean isRaw(Returned returned) {
        return Taken.of(returned.wrapped()).raw();
    }

    private static Problem malformed(Subject subject, Parameter parameter) {
        var types = subject.types();
        var taken = parameter.taken();
        var type = types.shortName(parameter.type());
        var wrapper = taken.wrapper() == Taken.Wrapper.OPTIONAL ? "Optional" : "Outcome";
        if (taken.raw()) {
            return bad(parameter, " is a raw " + wrapper + ", so nobody knows which step it is about.")
                    .fix("write its type argument, as in " + wrapper + "<Payment>.");
        }
        if (taken.nested()) {
            return bad(
                            parameter,
                            " is " + type + ", but what is in an " + wrapper
                                    + " is the value itself; a step that gave none counts as skipped.")
                    .fix("take " + wrapper + "<" + types.shortName(taken.innermost()) + ">.");
        }
        if (taken.vague()) {
            return bad(
                            parameter,
                            " is " + type + ", but types must be equal: a stored value is read back as what it was.")
                    .fix("write the type that the step returns.");
        }
        return parameter.input().isPresent()
                ? bad(parameter, " is the input and " + type + ", but the input is always there.")
                        .fix("take " + types.shortName(taken.value()) + ".")
                : bad(parameter, " is an element and " + type + ", but every element has a value.")
                        .fix("take @Each " + types.shortName(taken.value()) + ".");
    }

    private static Problem bad(Parameter parameter, String rest) {
        var method = parameter.element().getEnclosingElement().getSimpleName();
        return Problem.at(
                parameter.element(),
                Tag.BAD_WRAPPER,
                "Parameter '" + parameter.name() + "' of " + method + "()" + rest);
    }

    private static Problem needless(Subject subject, Parameter parameter, Method parent) {
        var value = subject.types().shortName(parameter.taken().value());
        return Problem.at(
                        parameter.element(),
                        Tag.NEEDLESS_OPTIONAL,
                        "Parameter '" + parameter.name() + "' of "
                                + parameter.element().getEnclosingElement().getSimpleName() + "() is an Optional, but "
                                + parent.label() + " always has a value when it succeeds, and is never skipped.")
                .detail("A step may be skipped if it has @When, or needs what may be skipped or empty.")
                .fix("take " + value + "; to run after a failure too, take Outcome<" + value + ">.");
    }
}
