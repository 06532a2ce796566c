package dev.millrace.processor.rule.failure;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.rule.Subject;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/** Finds the method that answers in place of a step or action. */
public final class Fallbacks {
    private Fallbacks() {}

    /** The method that the annotation names and that can be called in place of this one. */
    public static Optional<ExecutableElement> of(Subject subject, Method method) {
        return method.annotation().text("fallback").flatMap(name -> of(subject, method, name));
    }

    static Optional<ExecutableElement> of(Subject subject, Method method, String name) {
        var named = named(subject, name);
        return named.stream()
                .filter(candidate ->
                        takesTheReason(subject, method, candidate) && takesTheSame(subject, method, candidate))
                .findFirst()
                .or(() -> named.stream()
                        .filter(candidate ->
                                !takesTheReason(subject, method, candidate) && takesTheSame(subject, method, candidate))
                        .findFirst());
    }

    /** Whether a method has one parameter more than the one for which it answers, and that is a {@code Throwable}. */
    public static boolean takesTheReason(Subject subject, Method method, ExecutableElement fallback) {
        var given = fallback.getParameters();
        int wanted = method.element().getParameters().size();
        return given.size() == wanted + 1
                && subject.types().isA(given.get(wanted).asType(), "java.lang.Throwable");
    }

    static List<ExecutableElement> named(Subject subject, String name) {
        return all(subject).stream()
                .filter(candidate -> candidate.getSimpleName().contentEquals(name))
                .toList();
    }

    /** The methods that the class has or inherits, without those of every object. */
    static List<ExecutableElement> all(Subject subject) {
        var elements = subject.types().elements();
        return ElementFilter.methodsIn(elements.getAllMembers(subject.workflow().type())).stream()
                .filter(method -> !((TypeElement) method.getEnclosingElement())
                        .getQualifiedName()
                        .contentEquals("java.lang.Object"))
                .toList();
    }

    private static boolean takesTheSame(Subject subject, Method method, ExecutableElement fallback) {
        var wanted = method.element().getParameters();
        var given = fallback.getParameters();
        if (given.size() != wanted.size() && !takesTheReason(subject, method, fallback)) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            if (!subject.types()
                    .types()
                    .isAssignable(wanted.get(i).asType(), given.get(i).asType())) {
                return false;
            }
        }
        return true;
    }
}
