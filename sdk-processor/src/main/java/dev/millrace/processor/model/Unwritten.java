package dev.millrace.processor.model;

import java.util.Map;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.type.DeclaredType;

/**
 * An annotation that does not stand in the source, with no member written: what a class is taken for that need not say it.
 *
 * @param type of the annotation
 */
record Unwritten(DeclaredType type) implements AnnotationMirror {

    @Override
    public DeclaredType getAnnotationType() {
        return type;
    }

    @Override
    public Map<? extends ExecutableElement, ? extends AnnotationValue> getElementValues() {
        return Map.of();
    }
}
