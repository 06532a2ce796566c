package dev.millrace.processor.model;

import java.util.ArrayList;
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
        var written = written(member);
        return written.isPresent() && written.get().getValue() instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }

    /** A written number. */
    public Optional<Number> number(String member) {
        var written = written(member);
        return written.isPresent() && written.get().getValue() instanceof Number number
                ? Optional.of(number)
                : Optional.empty();
    }

    /** The name of a written enum constant. */
    public Optional<String> constant(String member) {
        var written = written(member);
        return written.isPresent() && written.get().getValue() instanceof VariableElement constant
                ? Optional.of(constant.getSimpleName().toString())
                : Optional.empty();
    }

    /** The values of a written array; a single value counts as an array of one. */
    public List<AnnotationValue> items(String member) {
        var written = written(member);
        if (written.isEmpty()) {
            return List.of();
        }
        if (!(written.get().getValue() instanceof List<?> list)) {
            return List.of(written.get());
        }
        var items = new ArrayList<AnnotationValue>();
        for (var item : list) {
            items.add(new Item((AnnotationValue) item, written.get()));
        }
        return items;
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
        var texts = new ArrayList<String>();
        for (var item : items(member)) {
            if (item.getValue() instanceof String text) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** The types of a written array. */
    public List<TypeMirror> types(String member) {
        var types = new ArrayList<TypeMirror>();
        for (var item : items(member)) {
            if (item.getValue() instanceof TypeMirror type) {
                types.add(type);
            }
        }
        return types;
    }

    /** The annotations of a written array. */
    public List<Mirror> mirrors(String member) {
        var mirrors = new ArrayList<Mirror>();
        for (var item : items(member)) {
            if (item.getValue() instanceof AnnotationMirror mirror) {
                mirrors.add(new Mirror(element, mirror));
            }
        }
        return mirrors;
    }

    /** A written annotation, as in {@code backoff = @Backoff(…)}. */
    public Optional<Mirror> nested(String member) {
        var written = written(member);
        return written.isPresent() && written.get().getValue() instanceof AnnotationMirror mirror
                ? Optional.of(new Mirror(element, mirror))
                : Optional.empty();
    }
}
