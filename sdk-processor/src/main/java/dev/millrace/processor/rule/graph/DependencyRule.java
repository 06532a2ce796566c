package dev.millrace.processor.rule.graph;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.report.DidYouMean;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.stream.Collectors;
import javax.lang.model.type.TypeKind;

/** Every parameter of a step has exactly one source. */
final class DependencyRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            for (var parameter : method.parameters()) {
                parameter(subject, method, parameter, report);
            }
        }
    }

    private static void parameter(Subject subject, Method method, Parameter parameter, Report report) {
        var source = subject.wiring().source(parameter);
        if (isToldElsewhere(method, parameter)) {
            return;
        }
        if (source instanceof Source.Unknown && method.role() == Role.STEP) {
            report.add(unknown(subject, method, parameter));
        } else if (source instanceof Source.NoList && method.role() == Role.STEP) {
            report.add(noList(subject, method, parameter));
        } else if (source instanceof Source.NoParent && method.role() == Role.STEP) {
            report.add(noParent(subject, method, parameter));
        } else if (source instanceof Source.Ambiguous ambiguous && method.role() == Role.STEP) {
            report.add(ambiguous(subject, method, parameter, ambiguous));
        } else if (source instanceof Source.NoSuchStep nothing) {
            report.add(noSuchStep(subject, parameter, nothing));
        } else if (source instanceof Source.Mismatch mismatch) {
            report.add(mismatch(subject, method, parameter, mismatch));
        } else if (source instanceof Source.FromVoid fromVoid) {
            report.add(fromVoid(method, parameter, fromVoid));
        } else if (source instanceof Source.Self) {
            report.add(self(subject, method, parameter));
        } else if (source instanceof Source.OtherInput) {
            report.add(otherInput(subject, method, parameter));
        }
    }

    /** A type variable or a variable number of arguments is refused as such, and has no source for that. */
    private static boolean isToldElsewhere(Method method, Parameter parameter) {
        var parameters = method.parameters();
        return parameter.type().getKind() == TypeKind.TYPEVAR
                || (method.element().isVarArgs() && parameter.equals(parameters.get(parameters.size() - 1)));
    }

    private static Problem unknown(Subject subject, Method method, Parameter parameter) {
        var type = subject.types().shortName(parameter.type());
        var problem = Problem.at(
                parameter.element(),
                Tag.UNKNOWN_DEPENDENCY,
                "No step of " + subject.workflow().label() + " returns " + type + " (parameter '" + parameter.name()
                        + "' of " + method.label() + ")" + input(subject) + ".");
        for (var step : subject.workflow().steps()) {
            if (step.hasValue()) {
                var returned = subject.wiring().value(step);
                if (subject.types().shortName(returned).equals(type)) {
                    problem = problem.detail(step.label() + " returns another " + type + ": "
                            + subject.types().qualifiedName(returned) + ", not "
                            + subject.types().qualifiedName(parameter.type()) + ".");
                } else if (!returned.getKind().isPrimitive()
                        && !parameter.type().getKind().isPrimitive()
                        && subject.types().types().isAssignable(returned, parameter.type())) {
                    problem = problem.detail(
                            step.label() + " returns " + subject.types().shortName(returned) + ", which is a " + type
                                    + ", but types must be equal: a stored value is read back as what it was.");
                }
            }
        }
        return problem.detail(
                        "A parameter is either the workflow's input or the result of the step that returns its type.")
                .detail(subject.returnedTypes())
                .fix(new DependencyFix(subject, parameter).unknown());
    }

    private static Problem noList(Subject subject, Method method, Parameter parameter) {
        var list = subject.types().shortName(subject.wiring().wanted(parameter));
        return Problem.at(
                        parameter.element(),
                        Tag.UNKNOWN_DEPENDENCY,
                        "No step of " + subject.workflow().label() + " returns " + list + " (parameter '"
                                + parameter.name() + "' of " + method.label() + ", which is @Each).")
                .detail(
                        "A parameter with @Each T is an element of the List<T> that a step returns; the input is taken apart"
                                + " by a step too.")
                .detail(subject.returnedTypes())
                .fix(new DependencyFix(subject, parameter).noList());
    }

    private static Problem noParent(Subject subject, Method method, Parameter parameter) {
        var types = subject.types();
        var value = parameter.taken().value();
        var type = types.shortName(value);
        var isInput = subject.wiring()
                .input()
                .filter(input -> types.same(input.type(), value))
                .isPresent();
        return Problem.at(
                        parameter.element(),
                        Tag.UNKNOWN_DEPENDENCY,
                        "No step of " + subject.workflow().label() + " returns " + type + " (parameter '"
                                + parameter.name() + "' of " + method.label() + ", which is "
                                + types.shortName(parameter.type()) + ")" + input(subject) + ".")
                .detail("An Optional or Outcome is about a step; the input is always there.")
                .detail(subject.returnedTypes())
                .fix(isInput ? "take " + type + "." : "return " + type + " from a step, or remove the parameter.");
    }

    private static String input(Subject subject) {
        return subject.wiring()
                .input()
                .map(input -> ", and the input is " + subject.types().shortName(input.type()))
                .orElse("");
    }

    private static Problem ambiguous(Subject subject, Method method, Parameter parameter, Source.Ambiguous ambiguous) {
        var steps = ambiguous.steps();
        if (steps.contains(method)) {
            return ambiguousTurn(subject, method, parameter, ambiguous);
        }
        return Problem.at(
                        parameter.element(),
                        Tag.AMBIGUOUS_DEPENDENCY,
                        "Parameter '" + parameter.name() + "' of " + method.label() + " is "
                                + part(parameter)
                                + subject.types().shortName(subject.wiring().wanted(parameter)) + ", which "
                                + steps.size()
                                + " steps return: "
                                + steps.stream().map(Method::label).collect(Collectors.joining(", ")) + ".")
                .fix("choose one with "
                        + steps.stream()
                                .map(step -> "@From(\"" + step.name() + "\")")
                                .collect(Collectors.joining(" or "))
                        + ".");
    }

    /** It could be what the turn before left, or what another step returns. */
    private static Problem ambiguousTurn(
            Subject subject, Method method, Parameter parameter, Source.Ambiguous ambiguous) {
        var others =
                ambiguous.steps().stream().filter(step -> !step.equals(method)).toList();
        return Problem.at(
                        parameter.element(),
                        Tag.AMBIGUOUS_DEPENDENCY,
                        "Parameter '" + parameter.name() + "' of " + method.label() + " is "
                                + part(parameter)
                                + subject.types().shortName(subject.wiring().wanted(parameter))
                                + ", which is what the turn before left, and what others return: "
                                + others.stream().map(Method::label).collect(Collectors.joining(", ")) + ".")
                .fix("choose the turn before with @From(\"" + method.name() + "\"), or "
                        + others.stream()
                                .map(step -> "@From(\"" + step.name() + "\")")
                                .collect(Collectors.joining(" or "))
                        + ".");
    }

    private static Problem noSuchStep(Subject subject, Parameter parameter, Source.NoSuchStep nothing) {
        var names = subject.workflow().stepNames();
        return atFrom(
                        parameter,
                        Tag.UNKNOWN_STEP,
                        "@From(\"" + nothing.name() + "\") names no step of "
                                + subject.workflow().label() + "." + DidYouMean.among(names, nothing.name()))
                .detail("Steps: " + String.join(", ", names))
                .fix(DidYouMean.fix(names, nothing.name(), "add the step."));
    }

    private static Problem mismatch(Subject subject, Method method, Parameter parameter, Source.Mismatch mismatch) {
        var types = subject.types();
        var returned = subject.wiring().value(mismatch.step());
        var wanted = subject.wiring().wanted(parameter);
        var each = parameter.each().isPresent();
        return Problem.at(
                        parameter.element(),
                        Tag.TYPE_MISMATCH,
                        "Parameter '" + parameter.name() + "' of " + method.label() + " is "
                                + part(parameter) + types.nameBeside(wanted, returned) + ", but step "
                                + mismatch.step().label() + " returns " + types.nameBeside(returned, wanted) + ".")
                .detail(subject.returnedTypes())
                .fix(
                        each
                                ? "return " + types.nameBeside(wanted, returned) + " from "
                                        + mismatch.step().label() + ", or name another step."
                                : "take " + wrapped(parameter, types.nameBeside(returned, wanted))
                                        + ", or name another step.");
    }

    /** What a parameter is of the type that is named next. */
    private static String part(Parameter parameter) {
        if (parameter.each().isPresent()) {
            return "an element of ";
        }
        return switch (parameter.taken().wrapper()) {
            case NONE -> "";
            case OPTIONAL -> "an Optional of ";
            case OUTCOME -> "the Outcome of ";
        };
    }

    private static String wrapped(Parameter parameter, String type) {
        return switch (parameter.taken().wrapper()) {
            case NONE -> "a " + type;
            case OPTIONAL -> "an Optional<" + type + ">";
            case OUTCOME -> "an Outcome<" + type + ">";
        };
    }

    private static Problem fromVoid(Method method, Parameter parameter, Source.FromVoid fromVoid) {
        return atFrom(
                        parameter,
                        Tag.VOID_CONSUMED,
                        "Parameter '" + parameter.name() + "' of " + method.label() + " is the result of "
                                + fromVoid.step().label() + ", which returns nothing.")
                .fix("for order without data write @Step(after = \""
                        + fromVoid.step().name() + "\").");
    }

    private static Problem self(Subject subject, Method method, Parameter parameter) {
        var type = subject.types().shortName(parameter.taken().value());
        return Problem.at(
                        parameter.element(),
                        Tag.SELF_DEPENDENCY,
                        "Step " + method.label() + " would wait for itself: its parameter '" + parameter.name()
                                + "' is " + part(parameter) + type + ", which " + method.label() + " itself returns.")
                .fix(
                        parameter.taken().wrapped()
                                ? "remove the parameter, or choose another step with @From."
                                : "if it is the workflow's input, write @Input " + type + " " + parameter.name() + ".");
    }

    private static Problem otherInput(Subject subject, Method method, Parameter parameter) {
        var first = subject.wiring().input().orElseThrow();
        var types = subject.types();
        return Problem.at(
                        parameter.element(),
                        Tag.MANY_INPUTS,
                        "Parameter '" + parameter.name() + "' of " + method.label() + " is the input and a "
                                + types.nameBeside(parameter.type(), first.type()) + ", but the input of "
                                + subject.workflow().label() + " is " + types.nameBeside(first.type(), parameter.type())
                                + " already (parameter '" + first.name() + "').")
                .fix("make one record of both.");
    }

    private static Problem atFrom(Parameter parameter, Tag tag, String sentence) {
        var from = parameter.from().orElseThrow();
        return from.written("value")
                .map(value -> Problem.at(parameter.element(), from.annotation(), value, tag, sentence))
                .orElseGet(() -> Problem.at(parameter.element(), tag, sentence));
    }
}
