package dev.millrace.processor.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.processing.Messager;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;

/** Gathers the problems of one class and prints them in the order of its source. */
public final class Report {
    private final TypeElement type;
    private final Set<Problem> problems = new LinkedHashSet<>();

    public Report(TypeElement type) {
        this.type = type;
    }

    /** Adds a problem; one that is equal to another is told once. */
    public void add(Problem problem) {
        problems.add(problem);
    }

    /** Whether nothing is wrong so far. */
    public boolean isEmpty() {
        return problems.isEmpty();
    }

    /** The problems in the order of the source. */
    public List<Problem> problems() {
        var positions = positions();
        var sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingInt(problem -> positions.getOrDefault(problem.element(), 0)));
        return sorted;
    }

    /** Prints every problem as an error of the compilation. */
    public void print(Messager messager) {
        for (var problem : problems()) {
            var message = problem.message();
            var element = problem.element();
            if (problem.annotation().isEmpty()) {
                messager.printMessage(Diagnostic.Kind.ERROR, message, element);
            } else if (problem.value().isEmpty()) {
                messager.printMessage(
                        Diagnostic.Kind.ERROR,
                        message,
                        element,
                        problem.annotation().get());
            } else {
                messager.printMessage(
                        Diagnostic.Kind.ERROR,
                        message,
                        element,
                        problem.annotation().get(),
                        problem.value().get());
            }
        }
    }

    private Map<Element, Integer> positions() {
        var positions = new HashMap<Element, Integer>();
        positions.put(type, 0);
        for (var member : type.getEnclosedElements()) {
            positions.put(member, positions.size());
            if (member instanceof ExecutableElement method) {
                for (var parameter : method.getParameters()) {
                    positions.put(parameter, positions.size());
                }
            }
        }
        return positions;
    }
}
