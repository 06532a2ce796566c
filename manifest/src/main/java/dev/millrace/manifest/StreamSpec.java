package dev.millrace.manifest;

import java.util.Objects;

/**
 * What a step emits to whoever follows the run.
 *
 * @param type Java name of an item's type, for people only
 * @param schema JSON Schema of an item
 */
public record StreamSpec(String type, JsonValue schema) {
    public StreamSpec {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(schema, "schema");
    }
}
