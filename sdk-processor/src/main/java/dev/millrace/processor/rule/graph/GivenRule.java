package dev.millrace.processor.rule.graph;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.type.TypeMirror;

/** What the engine gives is asked for where it has it, as a parameter of that very type, once. */
final class GivenRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            var first = new LinkedHashMap<String, Parameter>();
            for (var parameter : method.parameters()) {
                var kind = kind(subject, parameter);
                if (kind.isPresent()) {
                    placed(method, parameter, kind.get(), report);
                    chosen(subject, parameter, report);
                    var other = first.putIfAbsent(kind.get(), parameter);
                    if (other != null) {
                        report.add(twice(method, parameter, other, kind.get()));
                    }
                }
                inside(subject, method, parameter, report);
            }
            returned(subject, method, report);
        }
    }

    /** What the engine gives here: the name of its type, or a word for it. */
    private static Optional<String> kind(Subject subject, Parameter parameter) {
        var source = subject.wiring().source(parameter);
        if (source instanceof Source.Context) {
            return Optional.of("StepContext");
        }
        if (source instanceof Source.Failure) {
            return Optional.of("RunFailure");
        }
        if (source instanceof Source.Durable) {
            return Optional.of("Durable");
        }
        if (source instanceof Source.Stream) {
            return Optional.of("Emitter");
        }
        if (source instanceof Source.Connection) {
            return Optional.of("Connection");
        }
        return source instanceof Source.Turn ? Optional.of("previous turn") : Optional.empty();
    }

    private static void placed(Method method, Parameter parameter, String kind, Report report) {
        if (kind.equals("RunFailure") && method.role() != Role.ON_FAILURE) {
            report.add(Problem.at(
                            parameter.element(),
                            Tag.MISPLACED_TYPE,
                            "A RunFailure is given to the method with @OnFailure only, not to " + method.label() + ".")
                    .fix("move what needs it to a method with @OnFailure."));
        }
        if ((kind.equals("Durable") || kind.equals("Emitter")) && method.role() != Role.STEP) {
            report.add(Problem.at(
                            parameter.element(),
                            Tag.MISPLACED_TYPE,
                            a(kind, "A") + " is given to steps only, not to " + method.label() + ".")
                    .fix(
                            method.role() == Role.ACTION && kind.equals("Durable")
                                    ? "let the durable step do what needs it, and call the action from there."
                                    : "remove the parameter."));
        }
    }

    private static void chosen(Subject subject, Parameter parameter, Report report) {
        var chosen =
                List.of(parameter.from(), parameter.input(), parameter.each(), parameter.await(), parameter.approval());
        boolean isNamedTurn = subject.wiring().source(parameter) instanceof Source.Turn;
        for (var mirror : chosen) {
            if (mirror.isPresent() && !(isNamedTurn && mirror.equals(parameter.from()))) {
                report.add(at(
                                mirror.get(),
                                "@" + mirror.get().simpleName() + " has no meaning on "
                                        + a(subject.types().shortName(parameter.type()), "a")
                                        + ", which the engine gives ("
                                        + parameter.label() + ").")
                        .fix("remove the annotation."));
            }
        }
    }

    /** The name with its article, which is given as it stands before most names. */
    private static String a(String name, String article) {
        return article + (name.startsWith("Emitter") ? "n " : " ") + name;
    }

    private static Problem at(Mirror mirror, String sentence) {
        return Problem.at(mirror.element(), mirror.annotation(), Tag.CONFLICTING_ANNOTATIONS, sentence);
    }

    private static Problem twice(Method method, Parameter parameter, Parameter other, String kind) {
        return Problem.at(
                        parameter.element(),
                        Tag.GIVEN_TWICE,
                        method.role().noun() + " " + method.label() + " takes " + a(kind, "a") + " twice, as '"
                                + other.name() + "' and as '" + parameter.name() + "', but there is one per attempt.")
                .fix("remove one of them.");
    }

    private static void inside(Subject subject, Method method, Parameter parameter, Report report) {
        if (!(subject.wiring().source(parameter) instanceof Source.Unsupported)) {
            return;
        }
        var given = mentioned(subject, parameter.type(), Vocabulary.GIVEN_TYPES);
        if (given.isPresent()) {
            report.add(Problem.at(
                            parameter.element(),
                            Tag.MISPLACED_TYPE,
                            "Parameter '" + parameter.name() + "' of " + method.label() + " is "
                                    + subject.types().shortName(parameter.type()) + ", but " + a(given.get(), "a")
                                    + " is given to a parameter of that very type.")
                    .fix("take " + a(given.get(), "a") + "."));
            return;
        }
        mentioned(subject, parameter.type(), Vocabulary.ONLY_RESULTS)
                .ifPresent(result -> report.add(Problem.at(
                                parameter.element(),
                                Tag.MISPLACED_TYPE,
                                "Parameter '" + parameter.name() + "' of " + method.label() + " is "
                                        + subject.types().shortName(parameter.type()) + ", but " + a(result, "a")
                                        + " is what a step returns; others get the value in it.")
                        .fix("take " + subject.types().shortName(subject.types().argument(parameter.type())) + ".")));
    }

    private static void returned(Subject subject, Method method, Report report) {
        if (!method.hasValue()) {
            return;
        }
        mentioned(subject, method.returned().value(), Vocabulary.GIVEN_TYPES)
                .ifPresent(given -> report.add(Problem.at(
                                method.element(),
                                Tag.MISPLACED_TYPE,
                                method.role().noun() + " " + method.label() + " returns "
                                        + subject.types().shortName(method.returns()) + ", but " + a(given, "a")
                                        + " belongs to its attempt and cannot be stored.")
                        .fix("return what others need of it.")));
    }

    private static Optional<String> mentioned(Subject subject, TypeMirror type, Set<String> names) {
        if (!subject.types().mentions(type, names)) {
            return Optional.empty();
        }
        return names.stream()
                .sorted()
                .filter(name -> subject.types().mentions(type, Set.of(name)))
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .findFirst();
    }
}
