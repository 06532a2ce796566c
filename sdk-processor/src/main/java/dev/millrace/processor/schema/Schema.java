package dev.millrace.processor.schema;

import dev.millrace.manifest.JsonValue;
import java.util.List;

/**
 * What was found out about a type.
 *
 * @param json its JSON Schema; only meaningful without flaws and unresolved types
 * @param flaws why it cannot be stored, in the order in which they were met
 * @param unresolved names of types in it that do not exist, or not yet
 */
public record Schema(JsonValue json, List<Flaw> flaws, List<String> unresolved) {
    public Schema {
        flaws = List.copyOf(flaws);
        unresolved = List.copyOf(unresolved);
    }
}
