package dev.millrace.processor.model;

import java.util.Set;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/**
 * What a parameter takes, taken apart: {@code Outcome<Payment>} is what became of a step that returns a {@code Payment}.
 *
 * @param wrapper what is around the value
 * @param value the value itself; a wrapper without type arguments stands for itself
 */
public record Taken(Wrapper wrapper, TypeMirror value) {
    private static final Set<String> WRAPPERS = Set.of(
            Vocabulary.OPTIONAL,
            Vocabulary.OUTCOME,
            Vocabulary.LOOP,
            Vocabulary.COMPLETION_STAGE,
            Vocabulary.COMPLETABLE_FUTURE);

    /** What is around a value that a step takes. */
    public enum Wrapper {
        /** Nothing: the value has to be there. */
        NONE,
        /** An {@code Optional}: the step that returns it may have been skipped. */
        OPTIONAL,
        /** An {@code Outcome}: the step that returns it may have ended in any way. */
        OUTCOME
    }

    /** Takes the type of a parameter apart. */
    public static Taken of(TypeMirror type) {
        var wrapper = switch (name(type)) {
            case Vocabulary.OPTIONAL -> Wrapper.OPTIONAL;
            case Vocabulary.OUTCOME -> Wrapper.OUTCOME;
            default -> Wrapper.NONE;
        };
        return new Taken(wrapper, wrapper == Wrapper.NONE || raw(type) ? type : argument(type));
    }

    /** Whether something is around the value. */
    public boolean wrapped() {
        return wrapper != Wrapper.NONE;
    }

    /** Whether the wrapper stands without its type argument. */
    public boolean raw() {
        return wrapped() && isWrapper(value) && raw(value);
    }

    /** Whether what is inside the wrapper is a wrapper again. */
    public boolean nested() {
        return wrapped() && isWrapper(value) && !raw(value);
    }

    /** Whether what is inside the wrapper is no type of its own: a wildcard or a type variable. */
    public boolean vague() {
        return wrapped() && (value.getKind() == TypeKind.WILDCARD || value.getKind() == TypeKind.TYPEVAR);
    }

    /** The type inside all wrappers. */
    public TypeMirror innermost() {
        var inner = value;
        while (isWrapper(inner) && !raw(inner)) {
            inner = argument(inner);
        }
        return inner;
    }

    /** Whether the type stands for more than its value. */
    public static boolean isWrapper(TypeMirror type) {
        return WRAPPERS.contains(name(type));
    }

    private static boolean raw(TypeMirror type) {
        return ((DeclaredType) type).getTypeArguments().isEmpty();
    }

    private static TypeMirror argument(TypeMirror type) {
        return ((DeclaredType) type).getTypeArguments().get(0);
    }

    private static String name(TypeMirror type) {
        return type instanceof DeclaredType declared && type.getKind() == TypeKind.DECLARED
                ? ((TypeElement) declared.asElement()).getQualifiedName().toString()
                : "";
    }
}
