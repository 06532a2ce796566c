package dev.millrace.processor.model;

import java.util.Set;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/**
 * What a method returns, taken apart: {@code CompletionStage<Optional<Payment>>} is a stage of an optional {@code Payment}.
 *
 * @param stage whether it comes later, as a {@code CompletionStage}
 * @param wrapper what else is around the value
 * @param wrapped what is inside the stage: the value with its wrapper
 * @param value the value itself; a wrapper without type arguments stands for itself
 */
public record Returned(boolean stage, Wrapper wrapper, TypeMirror wrapped, TypeMirror value) {
    private static final Set<String> STAGES = Set.of(Vocabulary.COMPLETION_STAGE, Vocabulary.COMPLETABLE_FUTURE);

    /** What is around a value that a step returns. */
    public enum Wrapper {
        NONE,
        /** An {@code Optional}: there may be no value. */
        OPTIONAL,
        /** A {@code Loop}: another turn may follow. */
        LOOP
    }

    /** Takes a return type apart. */
    public static Returned of(TypeMirror type) {
        boolean stage = STAGES.contains(name(type));
        var wrapped = stage ? argument(type) : type;
        var wrapper = switch (name(wrapped)) {
            case Vocabulary.OPTIONAL -> Wrapper.OPTIONAL;
            case Vocabulary.LOOP -> Wrapper.LOOP;
            default -> Wrapper.NONE;
        };
        return new Returned(stage, wrapper, wrapped, wrapper == Wrapper.NONE ? wrapped : argument(wrapped));
    }

    /** The element of a list; any other type is itself. */
    static TypeMirror elementOf(TypeMirror type) {
        return name(type).equals(Vocabulary.LIST) ? argument(type) : type;
    }

    /** Whether there is a value at all. */
    public boolean hasValue() {
        return value.getKind() != TypeKind.VOID && !name(value).equals("java.lang.Void");
    }

    /** Whether a wrapper or stage stands without its type argument, as in {@code Loop follow(…)}. */
    public boolean raw() {
        return (stage && STAGES.contains(name(wrapped)) && arguments(wrapped) == 0)
                || (wrapper != Wrapper.NONE && arguments(wrapped) == 0);
    }

    private static String name(TypeMirror type) {
        return type instanceof DeclaredType declared && type.getKind() == TypeKind.DECLARED
                ? ((TypeElement) declared.asElement()).getQualifiedName().toString()
                : "";
    }

    private static int arguments(TypeMirror type) {
        return type instanceof DeclaredType declared
                ? declared.getTypeArguments().size()
                : 0;
    }

    private static TypeMirror argument(TypeMirror type) {
        return arguments(type) == 1 ? ((DeclaredType) type).getTypeArguments().get(0) : type;
    }
}
