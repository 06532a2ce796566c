package dev.millrace.manifest;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A JSON Schema made ready for checking values: inputs at the server's door, results of steps. It reads the part of draft
 * 2020-12 that the annotation processor writes: {@code type, enum, const, properties, required, additionalProperties,
 * items, $defs, $ref, allOf, anyOf, oneOf} (with an optional {@code discriminator}), the bounds of numbers, strings, arrays
 * and objects, {@code pattern} (in Java's dialect, with bounded work), and {@code uniqueItems}. {@code format} and descriptions are notes; any other keyword is refused when the
 * schema is read, so that none is silently ignored.
 *
 * <p>Two strictnesses: {@code integer} means a number written without point and exponent, because {@code 1.0} is no
 * {@code int} to a worker; and {@code $ref} stays inside the schema. Immutable; safe for use by many threads.
 */
public final class SchemaCheck {
    private final SchemaNode root;

    private SchemaCheck(SchemaNode root) {
        this.root = root;
    }

    /**
     * Reads a schema.
     *
     * @throws InvalidManifestException if it is none or asks for what is not supported; the path is relative to the schema
     */
    public static SchemaCheck of(JsonValue schema) {
        return new SchemaCheck(SchemaCompiler.compile(schema));
    }

    /**
     * Holds a value against the schema.
     *
     * @param utf8 a text that {@link Json#check(byte[])} has let pass; what happens with another one is undefined
     * @return what is wrong, at most 20 problems; empty if the value fits
     */
    public List<SchemaProblem> check(byte[] utf8) {
        return new SchemaWalk(utf8).check(root);
    }

    /**
     * Holds a value against the schema.
     *
     * @return what is wrong, at most 20 problems; empty if the value fits
     */
    public List<SchemaProblem> check(JsonValue value) {
        return check(Json.write(value).getBytes(StandardCharsets.UTF_8));
    }

    /** Whether only arrays fit, so that a mapped step can have a task for each element. */
    boolean onlyArrays() {
        return onlyArrays(root);
    }

    private static boolean onlyArrays(SchemaNode node) {
        return node.types == SchemaNode.ARRAY
                || node.reference.filter(SchemaCheck::onlyArrays).isPresent();
    }
}
