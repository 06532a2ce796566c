package dev.millrace;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A type with its arguments, for codecs: {@code new TypeRef<List<Order>>() {}} or {@code TypeRef.of(Order.class)}. Equal
 * to every other reference to an equal type. Immutable.
 *
 * @param <T> the type
 */
public abstract class TypeRef<T> {
    private final Type type;

    /**
     * Refers to the type argument of the anonymous subclass that is being made.
     *
     * @throws IllegalStateException if there is none, as in {@code new TypeRef() {}}
     */
    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)) {
            throw new IllegalStateException(
                    "A TypeRef needs its type argument, as in new TypeRef<List<Order>>() {}, but "
                            + getClass().getName() + " gives none.");
        }
        this.type = parameterized.getActualTypeArguments()[0];
    }

    private TypeRef(Type type) {
        this.type = type;
    }

    /** Refers to a class, an array or a primitive type. */
    public static <T> TypeRef<T> of(Class<T> type) {
        return new Simple<>(type);
    }

    /** The type as the reflection API sees it; what a codec is asked to read. */
    public final Type type() {
        return type;
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof TypeRef<?> that && type.equals(that.type);
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    @Override
    public final String toString() {
        return type.getTypeName();
    }

    private static final class Simple<T> extends TypeRef<T> {
        Simple(Class<T> type) {
            super(type);
        }
    }
}
