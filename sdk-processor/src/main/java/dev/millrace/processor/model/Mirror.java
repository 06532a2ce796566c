package dev.millrace.processor.model;

import java.util.List;
import java.util.Optional;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.AnnotationValueVisitor;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeMirror;

/**
 * One annotation as it stands in the source. Only members that are written exist here; what a member means when it is left
 * out is decided by who asks.
 *
 * @param element what is annotated
 * @param annotation the annotation as the compiler sees it
 */
public record Mirror(Element element, AnnotationMirror annotation) {

    /** A mirror is its annotation: the compiler has one object for each. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Mirror that && element.equals(that.element) && annotation.equals(that.annotation);
    }

    @Override
    public int hashCode() {
        return annotation.hashCode();
    }

    /** The fully qualified name of the annotation. */
    public String qualifiedName() {
        return ((TypeElement) annotation.getAnnotationType().asElement())
                .getQualifiedName()
                .toString();
    }

    /**
     * The simple name of the annotation as people write it after an {@code @}: of those that stand several times, the
     * name of one and not of what the compiler wraps them in.
     */
    public String simpleName() {
        return Vocabulary.written(
                annotation.getAnnotationType().asElement().getSimpleName().toString());
    }

    /** The written value of a member. */
    public Optional<AnnotationValue> written(String member) {
        for (var entry : annotation.getElementValues().entrySet()) {
            if (entry.getKey().getSimpleName().contentEquals(member)) {
                return Optional.of(entry.getValue());
            }
        }
        return Optional.empty();
    }

    /** A written text. */
    public Optional<String> text(String member) {
        return written(member)
                .map(AnnotationValue::getValue)
                .filter(String.class::isInstance)
                .map(String.class::cast);
    }

    /** A written number. */
    public Optional<Number> number(String member) {
        return written(member)
                .map(AnnotationValue::getValue)
                .filter(Number.class::isInstance)
                .map(Number.class::cast);
    }

    /** The name of a written enum constant. */
    public Optional<String> constant(String member) {
        return written(member)
                .map(AnnotationValue::getValue)
                .filter(VariableElement.class::isInstance)
                .map(value -> ((VariableElement) value).getSimpleName().toString());
    }

    /** The values of a written array; a single value counts as an array of one. */
    public List<AnnotationValue> items(String member) {
        return written(member)
                .map(value -> value.getValue() instanceof List<?> list
                        ? list.stream()
                                .<AnnotationValue>map(item -> new Item((AnnotationValue) item, value))
                                .toList()
                        : List.of(value))
                .orElse(List.of());
    }

    /**
     * A value in an array. It knows the array, because not every compiler can point at a part of one.
     *
     * @param value the value
     * @param array the member's whole value
     */
    public record Item(AnnotationValue value, AnnotationValue array) implements AnnotationValue {
        @Override
        public Object getValue() {
            return value.getValue();
        }

        @Override
        public <R, P> R accept(AnnotationValueVisitor<R, P> visitor, P parameter) {
            return value.accept(visitor, parameter);
        }

        @Override
        public String toString() {
            return value.toString();
        }
    }

    /** The texts of a written array. */
    public List<String> texts(String member) {
        return items(member).stream()
                .map(AnnotationValue::getValue)
                .filter(String.class::isInstance)
                .map(String.class::cast)
                .toList();
    }

    /** The types of a written array. */
    public List<TypeMirror> types(String member) {
        return items(member).stream()
                .map(AnnotationValue::getValue)
                .filter(TypeMirror.class::isInstance)
                .map(TypeMirror.class::cast)
                .toList();
    }

    /** The annotations of a written array. */
    public List<Mirror> mirrors(String member) {
        return items(member).stream()
                .map(AnnotationValue::getValue)
                .filter(AnnotationMirror.class::isInstance)
                .map(item -> new Mirror(element, (AnnotationMirror) item))
                .toList();
    }

    /** A written annotation, as in {@code backoff = @Backoff(…)}. */
    public Optional<Mirror> nested(String member) {
        return written(member)
                .map(AnnotationValue::getValue)
                .filter(AnnotationMirror.class::isInstance)
                .map(value -> new Mirror(element, (AnnotationMirror) value));
    }
}
