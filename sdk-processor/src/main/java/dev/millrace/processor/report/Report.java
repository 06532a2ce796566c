package dev.millrace.processor.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.processing.Messager;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/** Gathers the problems of one class and prints them in the order of its source. */
public final class Report {
    private final TypeElement type;
    private final Set<Problem> problems = new LinkedHashSet<>();

    public Report(TypeElement type) {
        this.type = type;
    }

    /** Adds a problem; one that is equal to another is told once, and a warning that the source suppresses never. */
    public void add(Problem problem) {
        if (!problem.tag().isWarning() || !isSuppressed(problem)) {
            problems.add(problem);
        }
    }

    /** Whether something is wrong so far that forbids to go on. */
    public boolean hasErrors() {
        return problems.stream().anyMatch(problem -> !problem.tag().isWarning());
    }

    /** Whether there is a problem of one of these kinds. */
    public boolean hasAny(Set<Tag> tags) {
        return problems.stream().map(Problem::tag).anyMatch(tags::contains);
    }

    private boolean isSuppressed(Problem problem) {
        for (Element around = problem.element(); around != null; around = around(around)) {
            var suppressed = around.getAnnotation(SuppressWarnings.class);
            if (suppressed != null
                    && Arrays.asList(suppressed.value()).contains(problem.tag().text())) {
                return true;
            }
        }
        return false;
    }

    /** What is around an element. Eclipse's compiler does not know it of the parameters of a later round. */
    private Element around(Element element) {
        if (element.getKind() != ElementKind.PARAMETER) {
            return element.getEnclosingElement();
        }
        return ElementFilter.methodsIn(type.getEnclosedElements()).stream()
                .filter(method -> method.getParameters().contains(element))
                .<Element>map(method -> method)
                .findFirst()
                .orElseGet(element::getEnclosingElement);
    }

    /** The problems in the order of the source. */
    public List<Problem> problems() {
        var positions = positions();
        var sorted = new ArrayList<>(problems);
        sorted.sort(Comparator.comparingInt(problem -> positions.getOrDefault(problem.element(), 0)));
        return sorted;
    }

    /**
     * Prints every problem as an error or a warning of the compilation. Warnings wait until nothing is wrong, because half of
     * them would be gone then.
     */
    public void print(Messager messager) {
        var printer = new Printer(messager);
        boolean errors = hasErrors();
        for (var problem : problems()) {
            if (errors && problem.tag().isWarning()) {
                continue;
            }
            printer.print(problem);
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
