package dev.millrace.manifest;

import java.util.Objects;

/**
 * What a run is started with.
 *
 * @param type Java name of the type, for people only
 * @param schema its JSON Schema; {@code true} accepts anything, as a JSON Schema may
 */
public record Input(String type, JsonValue schema) {
    public Input {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(schema, "schema");
    }
}
