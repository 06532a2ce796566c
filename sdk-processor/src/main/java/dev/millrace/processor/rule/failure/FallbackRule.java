package dev.millrace.processor.rule.failure;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.report.DidYouMean;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.stream.Collectors;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** What answers in place of a step can be called like it, and answers the same. */
final class FallbackRule implements Rule {
    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().stepsAndActions()) {
            method.annotation()
                    .text("fallback")
                    .filter(name -> !name.isEmpty())
                    .ifPresent(name -> check(subject, method, name, report));
        }
    }

    private static void check(Subject subject, Method method, String name, Report report) {
        var candidates = Fallbacks.named(subject, name);
        var fitting = Fallbacks.of(subject, method, name);
        if (candidates.isEmpty()) {
            report.add(unknown(subject, method, name));
        } else if (fitting.isEmpty()) {
            report.add(bad(
                            method,
                            "takes (" + types(subject, candidates.get(0)) + "), but " + method.label() + " takes ("
                                    + types(subject, method.element()) + ").",
                            name)
                    .fix("give it the same parameters; a Throwable may follow."));
        } else {
            fitting(subject, method, name, fitting.get(), report);
        }
    }

    private static void fitting(
            Subject subject, Method method, String name, ExecutableElement fallback, Report report) {
        var wanted = method.element().getReturnType();
        var given = fallback.getReturnType();
        if (subject.workflow().methods().stream()
                .anyMatch(other -> other.element().equals(fallback))) {
            report.add(bad(method, "is called by the engine itself.", name)
                    .fix("put what both do into a method without annotation."));
        } else if (fallback.getModifiers().contains(Modifier.PRIVATE)) {
            report.add(bad(method, "is private, so generated code cannot call it.", name)
                    .fix("make it package-private or public."));
        } else if (!answers(subject, given, wanted)) {
            report.add(bad(
                            method,
                            "returns " + subject.types().nameBeside(given, wanted) + ", but " + method.label()
                                    + " returns " + subject.types().nameBeside(wanted, given) + ".",
                            name)
                    .fix("return " + subject.types().shortName(wanted) + "."));
        }
    }

    private static boolean answers(Subject subject, TypeMirror given, TypeMirror wanted) {
        return given.getKind() == TypeKind.VOID || wanted.getKind() == TypeKind.VOID
                ? given.getKind() == wanted.getKind()
                : subject.types().types().isAssignable(given, wanted);
    }

    private static Problem unknown(Subject subject, Method method, String name) {
        var names = Fallbacks.all(subject).stream()
                .filter(candidate -> !candidate.equals(method.element()))
                .map(candidate -> candidate.getSimpleName().toString())
                .distinct()
                .sorted()
                .toList();
        return at(
                        method,
                        Tag.UNKNOWN_FALLBACK,
                        "fallback = \"" + name + "\" of " + method.label() + " names no method of "
                                + subject.workflow().label() + "." + DidYouMean.among(names, name))
                .detail("Methods: " + (names.isEmpty() ? "none" : String.join(", ", names)))
                .fix("write the name of a method with the parameters and the result of " + method.label() + ".");
    }

    private static Problem bad(Method method, String rest, String name) {
        return at(method, Tag.BAD_FALLBACK, "Fallback " + name + "() of " + method.label() + " " + rest);
    }

    private static Problem at(Method method, Tag tag, String sentence) {
        return Problem.at(
                method.element(),
                method.annotation().annotation(),
                method.annotation().written("fallback").orElseThrow(),
                tag,
                sentence);
    }

    private static String types(Subject subject, ExecutableElement method) {
        return method.getParameters().stream()
                .map(parameter -> subject.types().shortName(parameter.asType()))
                .collect(Collectors.joining(", "));
    }
}
