package dev.millrace.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Set;

/** What a schema says to people, taken out of it: a mended comment in the source is no other schema. */
final class SchemaNotes {
    /** Members whose members are named by the author and hold a schema each. */
    private static final Set<String> BY_NAME = Set.of("properties", "$defs", "definitions");

    /** Members that are values and no schemas: a constant may have a member called description. */
    private static final Set<String> VALUES = Set.of("const", "enum", "default", "examples");

    private SchemaNotes() {}

    /** The schema without the descriptions in it. */
    static JsonValue without(JsonValue schema) {
        if (schema instanceof JsonValue.Array array) {
            var items = new ArrayList<JsonValue>();
            for (var item : array.items()) {
                items.add(without(item));
            }
            return new JsonValue.Array(items);
        }
        if (!(schema instanceof JsonValue.Object object)) {
            return schema;
        }
        var members = new LinkedHashMap<String, JsonValue>();
        for (var member : object.members().entrySet()) {
            var name = member.getKey();
            var value = member.getValue();
            if (BY_NAME.contains(name)) {
                members.put(name, ofEach(value));
            } else if (!name.equals("description")) {
                members.put(name, VALUES.contains(name) ? value : without(value));
            }
        }
        return new JsonValue.Object(members);
    }

    private static JsonValue ofEach(JsonValue schemas) {
        if (!(schemas instanceof JsonValue.Object object)) {
            return schemas;
        }
        var members = new LinkedHashMap<String, JsonValue>();
        for (var member : object.members().entrySet()) {
            members.put(member.getKey(), without(member.getValue()));
        }
        return new JsonValue.Object(members);
    }
}
