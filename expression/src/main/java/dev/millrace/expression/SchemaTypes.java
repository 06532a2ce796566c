package dev.millrace.expression;

import dev.millrace.manifest.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the types of an expression's variables from JSON Schemas as the compiler writes them. The compiler and the control
 * plane both ask here, so what one accepts the other does too.
 */
public final class SchemaTypes {
    private static final String ROOT = "#";
    private static final String DEFINITION = "#/$defs/";

    private final String root;
    private final String suffix;
    private final Map<String, ValueType.Struct> types = new LinkedHashMap<>();

    private SchemaTypes(String root, String suffix) {
        this.root = root + suffix;
        this.suffix = suffix;
    }

    /**
     * A variable.
     *
     * @param type the name of its type, for people
     * @param schema the schema of its values
     */
    public record Variable(String type, JsonValue schema) {}

    /** A scope with one variable per schema, each named after the type that its schema describes. */
    public static Scope scope(Map<String, Variable> schemas) {
        var variables = new LinkedHashMap<String, ValueType>();
        var types = new LinkedHashMap<String, ValueType.Struct>();
        schemas.forEach((name, variable) -> {
            var reader = read(variable, "");
            // Each schema names its types for itself: what is called alike in two of them need not be alike.
            if (reader.types.entrySet().stream()
                    .anyMatch(type -> types.containsKey(type.getKey())
                            && !types.get(type.getKey()).equals(type.getValue()))) {
                reader = read(variable, " (" + name + ")");
            }
            variables.put(name, reader.type(reader.root, variable.schema()));
            types.putAll(reader.types);
        });
        return new Scope(variables, types);
    }

    private static SchemaTypes read(Variable variable, String suffix) {
        var reader = new SchemaTypes(variable.type(), suffix);
        if (variable.schema() instanceof JsonValue.Object object) {
            if (object.members().get("$defs") instanceof JsonValue.Object definitions) {
                definitions.members().forEach((name, definition) -> reader.define(name + suffix, definition));
            }
            reader.define(reader.root, object);
        }
        return reader;
    }

    private void define(String name, JsonValue definition) {
        if (type(name, definition) instanceof ValueType.Struct struct) {
            types.put(name, struct);
        }
    }

    private ValueType type(String name, JsonValue schema) {
        if (!(schema instanceof JsonValue.Object object)) {
            return ValueType.ANY;
        }
        var members = object.members();
        if (members.get("$ref") instanceof JsonValue.Text ref) {
            if (ref.value().equals(ROOT)) {
                return new ValueType.Ref(root);
            }
            return ref.value().startsWith(DEFINITION)
                    ? new ValueType.Ref(ref.value().substring(DEFINITION.length()) + suffix)
                    : ValueType.ANY;
        }
        if (members.get("enum") instanceof JsonValue.Array words) {
            var texts = new ArrayList<String>();
            words.items().forEach(word -> {
                if (word instanceof JsonValue.Text text) {
                    texts.add(text.value());
                }
            });
            return texts.size() == words.items().size() ? new ValueType.OneOf(name, texts) : ValueType.ANY;
        }
        return switch (kind(members.get("type"))) {
            case "boolean" -> ValueType.BOOL;
            case "integer" -> ValueType.INT;
            case "number" -> ValueType.DOUBLE;
            case "string" -> text(members.get("format"));
            case "array" -> new ValueType.ListOf(type(name + "[]", members.getOrDefault("items", JsonValue.TRUE)));
            case "object" -> object(name, members);
            default -> ValueType.ANY;
        };
    }

    private ValueType object(String name, Map<String, JsonValue> members) {
        if (members.get("properties") instanceof JsonValue.Object properties) {
            var fields = new LinkedHashMap<String, ValueType>();
            properties.members().forEach((field, schema) -> fields.put(field, type(name + "." + field, schema)));
            return new ValueType.Struct(name, fields);
        }
        return new ValueType.MapOf(
                members.get("additionalProperties") instanceof JsonValue.Object value
                        ? type(name + ".*", value)
                        : ValueType.ANY);
    }

    /** The one type, or the other of two when one of them is null. */
    private static String kind(JsonValue type) {
        if (type instanceof JsonValue.Text text) {
            return text.value();
        }
        if (type instanceof JsonValue.Array array) {
            List<String> kinds = array.items().stream()
                    .filter(JsonValue.Text.class::isInstance)
                    .map(item -> ((JsonValue.Text) item).value())
                    .filter(kind -> !kind.equals("null"))
                    .toList();
            return kinds.size() == 1 ? kinds.get(0) : "";
        }
        return "";
    }

    private static ValueType text(JsonValue format) {
        if (format instanceof JsonValue.Text text) {
            if (text.value().equals("date-time")) {
                return ValueType.TIMESTAMP;
            }
            if (text.value().equals("duration")) {
                return ValueType.DURATION;
            }
        }
        return ValueType.TEXT;
    }
}
