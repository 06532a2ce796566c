package dev.millrace.expression;

import dev.millrace.manifest.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Reads the types of an expression's variables from JSON Schemas as the compiler writes them. The compiler and the control
 * plane both ask here, so what one accepts the other does too.
 */
public final class SchemaTypes {
    private static final String ROOT = "#";
    /** How many alternatives may stand one inside the other; those that refer to themselves have no end. */
    private static final int DEEPEST = 16;

    private static final String DEFINITION = "#/$defs/";

    private final String root;
    private final String suffix;
    private final Map<String, JsonValue> definitions;
    private int level;
    private final Map<String, ValueType.Struct> types = new LinkedHashMap<>();

    private SchemaTypes(String root, String suffix, Map<String, JsonValue> definitions) {
        this.root = root + suffix;
        this.suffix = suffix;
        this.definitions = definitions;
    }

    /**
     * A variable.
     *
     * @param type the name of its type, for people
     * @param schema the schema of its values
     * @param optional whether there may be none: then it is null, and expressions may ask {@code x != null}
     */
    public record Variable(String type, JsonValue schema, boolean optional) {

        /** A variable that always has a value. */
        public Variable(String type, JsonValue schema) {
            this(type, schema, false);
        }
    }

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
            var type = reader.type(reader.root, variable.schema());
            variables.put(name, variable.optional() ? new ValueType.Maybe(type) : type);
            types.putAll(reader.types);
        });
        return new Scope(variables, types);
    }

    private static SchemaTypes read(Variable variable, String suffix) {
        var definitions = variable.schema() instanceof JsonValue.Object object
                        && object.members().get("$defs") instanceof JsonValue.Object named
                ? named.members()
                : Map.<String, JsonValue>of();
        var reader = new SchemaTypes(variable.type(), suffix, definitions);
        definitions.forEach((name, definition) -> reader.define(name + suffix, definition));
        reader.define(reader.root, variable.schema());
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
            return words(name, words.items());
        }
        if (members.get("const") instanceof JsonValue.Text word) {
            return new ValueType.OneOf(name, List.of(word.value()));
        }
        var alternatives = alternatives(members);
        if (!alternatives.isEmpty()) {
            return oneOf(name, alternatives);
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

    /** An enum of Java, with or without null. */
    private static ValueType words(String name, List<JsonValue> words) {
        var present =
                words.stream().filter(word -> !word.equals(JsonValue.NULL)).toList();
        var texts = new ArrayList<String>();
        for (var word : present) {
            if (word instanceof JsonValue.Text text) {
                texts.add(text.value());
            }
        }
        return texts.size() == present.size() && !texts.isEmpty() ? new ValueType.OneOf(name, texts) : ValueType.ANY;
    }

    /** What a value may be, without null. */
    private static List<JsonValue> alternatives(Map<String, JsonValue> members) {
        for (var keyword : List.of("oneOf", "anyOf")) {
            if (members.get(keyword) instanceof JsonValue.Array array) {
                return array.items().stream()
                        .filter(item -> !(item instanceof JsonValue.Object object
                                && JsonValue.of("null").equals(object.members().get("type"))))
                        .toList();
            }
        }
        return List.of();
    }

    /** One alternative is that; of several objects, such as the records of a sealed interface, all members may be there. */
    private ValueType oneOf(String name, List<JsonValue> alternatives) {
        if (alternatives.size() == 1) {
            return type(name, alternatives.get(0));
        }
        var members = new LinkedHashMap<String, ValueType>();
        for (var alternative : alternatives) {
            var type = level == DEEPEST ? ValueType.ANY : inside(name, alternative);
            if (!(type instanceof ValueType.Struct struct)) {
                return ValueType.ANY;
            }
            struct.members().forEach((member, its) -> members.merge(member, its, SchemaTypes::common));
        }
        return new ValueType.Struct(name, members);
    }

    private ValueType inside(String name, JsonValue alternative) {
        level++;
        var type = type(name, target(alternative));
        level--;
        return type;
    }

    /** Of words that tell the alternatives apart, any may be there. */
    private static ValueType common(ValueType one, ValueType other) {
        if (one instanceof ValueType.OneOf some && other instanceof ValueType.OneOf more) {
            var words = new LinkedHashSet<>(some.words());
            words.addAll(more.words());
            return new ValueType.OneOf(some.name(), List.copyOf(words));
        }
        return one.equals(other) ? one : ValueType.ANY;
    }

    private JsonValue target(JsonValue schema) {
        return schema instanceof JsonValue.Object object
                        && object.members().get("$ref") instanceof JsonValue.Text ref
                        && ref.value().startsWith(DEFINITION)
                ? definitions.getOrDefault(ref.value().substring(DEFINITION.length()), JsonValue.TRUE)
                : schema;
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
