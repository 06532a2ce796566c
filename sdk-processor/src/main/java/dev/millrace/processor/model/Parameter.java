package dev.millrace.processor.model;

import java.util.Optional;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeMirror;

/**
 * A parameter of a step or handler, as declared.
 *
 * @param method the method that has it
 * @param element the parameter
 * @param from its {@code @From}
 * @param input its {@code @Input}
 * @param each its {@code @Each}
 * @param await its {@code @Await}
 * @param approval its {@code @Approval}
 * @param batched whether one call of the method serves the tasks of many runs
 */
public record Parameter(
        ExecutableElement method,
        VariableElement element,
        Optional<Mirror> from,
        Optional<Mirror> input,
        Optional<Mirror> each,
        Optional<Mirror> await,
        Optional<Mirror> approval,
        boolean batched) {

    /** A parameter is its element: the compiler has one object for each. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Parameter that && element.equals(that.element);
    }

    @Override
    public int hashCode() {
        return element.hashCode();
    }

    /** What the task waits for before it begins: an event or an approval. */
    public Optional<Mirror> waiting() {
        return await.or(() -> approval);
    }

    /** What it takes, taken apart. */
    public Taken taken() {
        return Taken.of(type());
    }

    /** The declared type. */
    public TypeMirror declared() {
        return element.asType();
    }

    /** The type of what one task gives: of a step that serves many tasks in one call, an element of what is declared. */
    public TypeMirror type() {
        return batched ? Returned.elementOf(declared()) : declared();
    }

    /** The name in the source. */
    public String name() {
        return element.getSimpleName().toString();
    }

    /** The parameter as it is named in messages: {@code parameter 'order' of charge()}. */
    public String label() {
        return "parameter '" + name() + "' of " + method.getSimpleName() + "()";
    }
}
