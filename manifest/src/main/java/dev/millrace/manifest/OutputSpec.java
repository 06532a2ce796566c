package dev.millrace.manifest;

import java.util.Objects;

/**
 * What a step's method returns.
 *
 * @param kind nothing, a value, a value that may be absent, or one turn of a loop
 * @param type Java name of the type, for people only; {@code void} for {@link Kind#NONE}
 * @param schema JSON Schema of the value; {@code null} literal for {@link Kind#NONE}
 */
public record OutputSpec(Kind kind, String type, JsonValue schema) {

    /** Whether there is a value. */
    public enum Kind {
        NONE,
        VALUE,
        /** An {@code Optional}: empty skips what needs it. */
        OPTIONAL,
        /** A {@code Loop}: one schema for the state that the next turn is given and for the result of the last one. */
        LOOP
    }

    /** The output of a {@code void} method. */
    public static final OutputSpec VOID = new OutputSpec(Kind.NONE, "void", JsonValue.NULL);

    public OutputSpec {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(schema, "schema");
    }
}
