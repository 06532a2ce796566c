package dev.millrace.processor.model;

import java.util.Optional;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeMirror;

/**
 * A parameter of a step or handler, as declared.
 *
 * @param element the parameter
 * @param from its {@code @From}
 * @param input its {@code @Input}
 * @param each its {@code @Each}
 */
public record Parameter(VariableElement element, Optional<Mirror> from, Optional<Mirror> input, Optional<Mirror> each) {

    /** The declared type. */
    public TypeMirror type() {
        return element.asType();
    }

    /** The name in the source. */
    public String name() {
        return element.getSimpleName().toString();
    }
}
