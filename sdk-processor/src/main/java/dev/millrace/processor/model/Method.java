package dev.millrace.processor.model;

import java.util.List;
import java.util.Optional;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.type.TypeMirror;

/**
 * A method that the engine calls, as declared.
 *
 * @param role step or handler
 * @param name its name in the manifest
 * @param element the method
 * @param annotation the annotation that gives it its role
 * @param parameters its parameters in order
 * @param rateLimits the rate limits written on it
 * @param result its {@code @Result}
 * @param when its {@code @When}
 * @param batched whether one call serves the tasks of many runs
 */
public record Method(
        Role role,
        String name,
        ExecutableElement element,
        Mirror annotation,
        List<Parameter> parameters,
        List<Mirror> rateLimits,
        Optional<Mirror> result,
        Optional<Mirror> when,
        boolean batched) {

    public Method {
        parameters = List.copyOf(parameters);
        rateLimits = List.copyOf(rateLimits);
    }

    /** A method is its element: the compiler has one object for each. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Method that && element.equals(that.element);
    }

    @Override
    public int hashCode() {
        return element.hashCode();
    }

    /** The annotations of one kind that stand on it. */
    public List<Mirror> annotations(String qualifiedName) {
        return Vocabulary.all(element, qualifiedName);
    }

    /** The method as it is named in messages: {@code charge()}. */
    public String label() {
        return element.getSimpleName() + "()";
    }

    /** What the method returns to one task: of a step that serves many tasks in one call, an element of what is declared. */
    public TypeMirror returns() {
        return batched ? Returned.elementOf(element.getReturnType()) : element.getReturnType();
    }

    /** Whether it has a task, and so a call, per element of a list. */
    public boolean mapped() {
        for (var parameter : parameters) {
            if (parameter.each().isPresent()) {
                return true;
            }
        }
        return false;
    }

    /** What it returns, taken apart. */
    public Returned returned() {
        return Returned.of(returns());
    }

    /** Whether it gives a value, at once or later. */
    public boolean hasValue() {
        return returned().hasValue();
    }
}
