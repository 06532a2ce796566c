package dev.millrace.langchain4j;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonAnyOfSchema;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonBooleanSchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonIntegerSchema;
import dev.langchain4j.model.chat.request.json.JsonNullSchema;
import dev.langchain4j.model.chat.request.json.JsonNumberSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonRawSchema;
import dev.langchain4j.model.chat.request.json.JsonReferenceSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.tools.ToolDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says of tools in LangChain4j's words what their definitions say in JSON Schema. Stateless. */
final class Specifications {
    private static final String DEFINITIONS = "#/$defs/";

    private Specifications() {}

    static ToolSpecification of(ToolDefinition tool) {
        var specification = ToolSpecification.builder().name(tool.name()).parameters(object((JsonValue.Object)
                Json.read(tool.parameters())));
        return (tool.description().isEmpty() ? specification : specification.description(tool.description())).build();
    }

    private static JsonSchemaElement element(JsonValue schema) {
        if (!(schema instanceof JsonValue.Object object)) {
            return JsonRawSchema.from(Json.canonical(schema));
        }
        var members = object.members();
        var reference = text(members, "$ref").filter(target -> target.startsWith(DEFINITIONS));
        if (reference.isPresent()) {
            return JsonReferenceSchema.builder()
                    .reference(reference.get().substring(DEFINITIONS.length()))
                    .build();
        }
        if (members.get("anyOf") instanceof JsonValue.Array variants) {
            return anyOf(object, variants);
        }
        if (members.get("enum") instanceof JsonValue.Array names) {
            return enumeration(object, names);
        }
        var description = description(object);
        return switch (type(members)) {
            case "object" -> members.get("properties") == null ? raw(object) : object(object);
            case "array" ->
                JsonArraySchema.builder()
                        .description(description)
                        .items(element(members.getOrDefault("items", JsonValue.TRUE)))
                        .build();
            case "string" -> JsonStringSchema.builder().description(description).build();
            case "integer" ->
                JsonIntegerSchema.builder().description(description).build();
            case "number" -> JsonNumberSchema.builder().description(description).build();
            case "boolean" ->
                JsonBooleanSchema.builder().description(description).build();
            case "null" -> new JsonNullSchema();
            default -> raw(object);
        };
    }

    /** The type; of what may be null as well, which a model says by leaving it out, the other one. Empty where there are several. */
    private static String type(Map<String, JsonValue> members) {
        if (members.get("type") instanceof JsonValue.Array) {
            var types = texts(members.get("type")).stream()
                    .filter(type -> !type.equals("null"))
                    .toList();
            return types.size() == 1 ? types.get(0) : "";
        }
        return text(members, "type").orElse("");
    }

    private static JsonObjectSchema object(JsonValue.Object schema) {
        var members = schema.members();
        Map<String, JsonSchemaElement> properties = new LinkedHashMap<>();
        if (members.get("properties") instanceof JsonValue.Object each) {
            each.members().forEach((name, property) -> properties.put(name, element(property)));
        }
        var object = JsonObjectSchema.builder()
                .description(description(schema))
                .addProperties(properties)
                .required(texts(members.get("required")));
        if (members.get("additionalProperties") instanceof JsonValue.Bool more) {
            object.additionalProperties(more.value());
        }
        if (members.get("$defs") instanceof JsonValue.Object definitions) {
            Map<String, JsonSchemaElement> defined = new LinkedHashMap<>();
            definitions.members().forEach((name, definition) -> defined.put(name, element(definition)));
            object.definitions(defined);
        }
        return object.build();
    }

    private static JsonSchemaElement anyOf(JsonValue.Object schema, JsonValue.Array variants) {
        return JsonAnyOfSchema.builder()
                .description(description(schema))
                .anyOf(variants.items().stream().map(Specifications::element).toList())
                .build();
    }

    private static JsonSchemaElement enumeration(JsonValue.Object schema, JsonValue.Array names) {
        return names.items().stream().allMatch(JsonValue.Text.class::isInstance)
                ? JsonEnumSchema.builder()
                        .description(description(schema))
                        .enumValues(texts(names))
                        .build()
                : raw(schema);
    }

    /** What LangChain4j has no words for. */
    private static JsonSchemaElement raw(JsonValue.Object schema) {
        return JsonRawSchema.from(Json.canonical(schema));
    }

    /** Null where there is none, as the builders want it. */
    private static String description(JsonValue.Object schema) {
        return text(schema.members(), "description").orElse(null);
    }

    private static Optional<String> text(Map<String, JsonValue> members, String name) {
        return members.get(name) instanceof JsonValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }

    private static List<String> texts(JsonValue value) {
        var texts = new ArrayList<String>();
        if (value instanceof JsonValue.Array array) {
            for (var item : array.items()) {
                if (item instanceof JsonValue.Text text) {
                    texts.add(text.value());
                }
            }
        }
        return texts;
    }
}
