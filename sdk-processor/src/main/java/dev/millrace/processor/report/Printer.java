package dev.millrace.processor.report;

import dev.millrace.processor.model.Mirror;
import javax.annotation.processing.Messager;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.tools.Diagnostic;

/**
 * Hands problems to the compiler, at the narrowest place that it can point at. Eclipse's compiler knows the members of an
 * annotation but not what is inside their values, and would fall back to the whole annotation; it is given the member.
 */
public final class Printer {
    private final Messager messager;
    private final boolean eclipse;

    public Printer(Messager messager) {
        this.messager = messager;
        this.eclipse = messager.getClass().getName().startsWith("org.eclipse.jdt.");
    }

    /** Prints a problem as an error or a warning of the compilation. */
    public void print(Problem problem) {
        var kind = problem.tag().isWarning() ? Diagnostic.Kind.WARNING : Diagnostic.Kind.ERROR;
        if (problem.annotation().isEmpty()) {
            messager.printMessage(kind, problem.message(), problem.element());
        } else if (problem.value().isEmpty()) {
            messager.printMessage(
                    kind,
                    problem.message(),
                    problem.element(),
                    problem.annotation().get());
        } else {
            print(kind, problem, problem.annotation().get(), problem.value().get());
        }
    }

    private void print(Diagnostic.Kind kind, Problem problem, AnnotationMirror annotation, AnnotationValue value) {
        messager.printMessage(kind, problem.message(), problem.element(), annotation, place(value));
    }

    private AnnotationValue place(AnnotationValue value) {
        if (value instanceof Mirror.Item item) {
            return eclipse ? item.array() : item.value();
        }
        return value;
    }
}
