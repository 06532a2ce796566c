package dev.millrace.expression;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The type of a value that an expression sees, made from a Java type by the compiler or from a JSON Schema by the server.
 */
public sealed interface ValueType {
    ValueType BOOL = new Simple(Kind.BOOL);
    ValueType INT = new Simple(Kind.INT);
    ValueType DOUBLE = new Simple(Kind.DOUBLE);
    ValueType TEXT = new Simple(Kind.TEXT);
    ValueType TIMESTAMP = new Simple(Kind.TIMESTAMP);
    ValueType DURATION = new Simple(Kind.DURATION);
    /** Anything: checked only when the expression is evaluated. */
    ValueType ANY = new Simple(Kind.ANY);

    /** The types without structure. */
    enum Kind {
        BOOL,
        INT,
        DOUBLE,
        TEXT,
        /** JSON text in ISO 8601, such as {@code 2026-11-21T10:00:00Z}. */
        TIMESTAMP,
        /** JSON text in ISO 8601, such as {@code PT30S}. */
        DURATION,
        ANY
    }

    /** A type without structure. */
    record Simple(Kind kind) implements ValueType {
        public Simple {
            Objects.requireNonNull(kind, "kind");
        }
    }

    /** A text that is one of a few words. Comparing it with any other word is an error of the expression. */
    record OneOf(String name, List<String> words) implements ValueType {
        public OneOf {
            words = List.copyOf(words);
        }
    }

    /** A variable that may be null: the result of a step that may have been skipped. Members of objects are absent instead. */
    record Maybe(ValueType value) implements ValueType {}

    /** A list. */
    record ListOf(ValueType element) implements ValueType {}

    /** An object whose keys are data. */
    record MapOf(ValueType value) implements ValueType {}

    /** An object with known members. */
    record Struct(String name, Map<String, ValueType> members) implements ValueType {
        public Struct {
            members = Map.copyOf(new LinkedHashMap<>(members));
        }
    }

    /** A {@link Struct} of the same scope by name: this is how types refer to themselves. */
    record Ref(String name) implements ValueType {}
}
