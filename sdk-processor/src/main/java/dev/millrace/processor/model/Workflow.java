package dev.millrace.processor.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;

/**
 * A workflow class, as declared, or a catalogue of actions.
 *
 * @param type the class
 * @param name the workflow's name
 * @param annotation its {@code @Workflow}
 * @param methods the steps and handlers in the order of the source
 * @param rateLimits the rate limits written on the class
 */
public record Workflow(
        TypeElement type, String name, Mirror annotation, List<Method> methods, List<Mirror> rateLimits) {

    public Workflow {
        methods = List.copyOf(methods);
        rateLimits = List.copyOf(rateLimits);
    }

    /** A class that has actions for durable code of any workflow, and is none itself. */
    public static Workflow catalogue(TypeElement type, String name, TypeElement annotation, List<Method> actions) {
        return new Workflow(
                type, name, new Mirror(type, new Unwritten((DeclaredType) annotation.asType())), actions, List.of());
    }

    /** Whether it is no workflow, but has actions for durable code of any. */
    public boolean isCatalogue() {
        return annotation.annotation() instanceof Unwritten;
    }

    /** The steps in the order of the source. */
    public List<Method> steps() {
        return of(Role.STEP);
    }

    /** The actions in the order of the source. */
    public List<Method> actions() {
        return of(Role.ACTION);
    }

    /** Everything that has attempts, policies and limits of its own: the steps and the actions. */
    public List<Method> stepsAndActions() {
        var found = new ArrayList<Method>();
        for (var method : methods) {
            if (method.role() == Role.STEP || method.role() == Role.ACTION) {
                found.add(method);
            }
        }
        return found;
    }

    /** The methods of a role in the order of the source. */
    public List<Method> of(Role role) {
        var found = new ArrayList<Method>();
        for (var method : methods) {
            if (method.role() == role) {
                found.add(method);
            }
        }
        return found;
    }

    /** The names of all steps. */
    public List<String> stepNames() {
        var names = new ArrayList<String>();
        for (var step : steps()) {
            names.add(step.name());
        }
        return names;
    }

    /** The first step of this name. */
    public Optional<Method> step(String name) {
        for (var method : methods) {
            if (method.role() == Role.STEP && method.name().equals(name)) {
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    /** The annotations of one kind that stand on the class. */
    public List<Mirror> annotations(String qualifiedName) {
        return Vocabulary.all(type, qualifiedName);
    }

    /** The class as it is named in messages. */
    public String label() {
        return type.getSimpleName().toString();
    }

    /** The rate limits that hold for a step, or an action: the class's and its own. */
    public List<Mirror> rateLimits(Method step) {
        var all = new ArrayList<>(rateLimits);
        all.addAll(step.rateLimits());
        return all;
    }
}
