package dev.millrace.manifest;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/**
 * Reads a JSON Schema into nodes. It knows the part of draft 2020-12 that the annotation processor writes and people write
 * by hand for other languages; a keyword outside it is refused, because ignoring one would let values pass that its author
 * wanted stopped.
 */
final class SchemaCompiler {
    /** Say something to people or tools, nothing about the value. */
    private static final Set<String> NOTES = Set.of(
            "$schema",
            "$id",
            "$comment",
            "title",
            "description",
            "default",
            "examples",
            "deprecated",
            "readOnly",
            "writeOnly",
            "format",
            "contentEncoding",
            "contentMediaType");

    /** How many schemas may stand one behind the other for one value ({@code $ref} to {@code oneOf} to {@code $ref} …). */
    private static final int DEEPEST = 64;

    private final JsonValue root;
    private final Map<String, SchemaNode> byPointer = new HashMap<>();
    private final List<SchemaNode> all = new ArrayList<>();

    private SchemaCompiler(JsonValue root) {
        this.root = root;
    }

    /** Compiles a schema, or throws {@link InvalidManifestException} with a path relative to it. */
    static SchemaNode compile(JsonValue schema) {
        var compiler = new SchemaCompiler(schema);
        var node = new SchemaNode();
        compiler.byPointer.put("#", node);
        compiler.fill(node, schema, "");
        compiler.refuseEndlessReferences();
        compiler.all.forEach(SchemaNode::complete);
        return node;
    }

    private SchemaNode node(JsonValue schema, String path) {
        if (schema instanceof JsonValue.Bool bool && bool.value()) {
            return SchemaNode.ANYTHING;
        }
        var node = new SchemaNode();
        fill(node, schema, path);
        return node;
    }

    private void fill(SchemaNode node, JsonValue schema, String path) {
        all.add(node);
        if (schema instanceof JsonValue.Bool bool) {
            node.nothing = !bool.value();
            node.asksItself = true;
        } else if (schema instanceof JsonValue.Object object) {
            var members = object.members();
            for (var member : members.entrySet()) {
                keyword(node, member.getKey(), member.getValue(), at(path, member.getKey()));
            }
            properties(node, members, path);
            discriminator(node, members, path);
        } else {
            throw new InvalidManifestException(
                    path, "A schema must be an object, true or false, but is " + show(schema) + ".");
        }
    }

    private void keyword(SchemaNode node, String keyword, JsonValue value, String path) {
        boolean asks = true;
        switch (keyword) {
            case "type" -> node.types = types(value, path);
            case "enum" -> only(node, items(value, path), path);
            case "const" -> only(node, List.of(value), path);
            case "additionalProperties" -> node.additional = node(value, path);
            case "minProperties" -> node.minProperties = count(value, path);
            case "maxProperties" -> node.maxProperties = count(value, path);
            case "items" -> node.items = node(value, path);
            case "minItems" -> node.minItems = count(value, path);
            case "maxItems" -> node.maxItems = count(value, path);
            case "uniqueItems" -> node.uniqueItems = bool(value, path);
            case "minLength" -> node.minLength = count(value, path);
            case "maxLength" -> node.maxLength = count(value, path);
            case "pattern" -> node.pattern = Optional.of(pattern(value, path));
            case "minimum" -> node.bounds.add(bound(value, true, false, path));
            case "exclusiveMinimum" -> node.bounds.add(bound(value, true, true, path));
            case "maximum" -> node.bounds.add(bound(value, false, false, path));
            case "exclusiveMaximum" -> node.bounds.add(bound(value, false, true, path));
            default -> asks = false;
        }
        node.asksItself |= asks;
        if (asks) {
            return;
        }
        switch (keyword) {
            case "$ref" -> node.reference = Optional.of(resolve(value, path));
            case "allOf" -> node.allOf = nodes(value, path);
            case "anyOf" -> node.anyOf = nodes(value, path);
            case "oneOf" -> node.oneOf = nodes(value, path);
            case "$defs", "definitions" -> definitions(keyword, value, path);
            case "x-millrace-sensitive" -> bool(value, path);
            case "x-millrace-indexed" -> indexed(value, path);
            case "properties", "required", "discriminator" -> {
                // read together, below
            }
            default -> {
                if (!NOTES.contains(keyword) && !keyword.startsWith("x-")) {
                    throw new InvalidManifestException(
                            path,
                            "The schema keyword '" + keyword
                                    + "' is not supported, so nothing would hold values to it.");
                }
            }
        }
    }

    private void properties(SchemaNode node, Map<String, JsonValue> members, String path) {
        var required = new TreeSet<String>();
        if (members.containsKey("required")) {
            int index = 0;
            for (var name : items(members.get("required"), at(path, "required"))) {
                required.add(text(name, at(path, "required") + "[" + index++ + "]"));
            }
        }
        var schemas = new LinkedHashMap<String, SchemaNode>();
        if (members.containsKey("properties")) {
            for (var property :
                    object(members.get("properties"), at(path, "properties")).entrySet()) {
                schemas.put(
                        property.getKey(), node(property.getValue(), at(path, "properties") + "." + property.getKey()));
            }
        }
        node.requiredProperties = required.size();
        var properties = new LinkedHashMap<String, SchemaNode.Property>();
        for (var schema : schemas.entrySet()) {
            properties.put(
                    schema.getKey(), property(schema.getKey(), schema.getValue(), required.remove(schema.getKey())));
        }
        for (var name : required) {
            // Required, but not described: it is an additional member for all that its value is concerned.
            properties.put(name, property(name, node.additional, true));
        }
        node.properties = List.copyOf(properties.values());
        node.propertiesByName = Map.copyOf(properties);
        node.asksItself |= !properties.isEmpty();
    }

    private static SchemaNode.Property property(String name, SchemaNode schema, boolean required) {
        return new SchemaNode.Property(name.getBytes(StandardCharsets.UTF_8), name, schema, required);
    }

    private void discriminator(SchemaNode node, Map<String, JsonValue> members, String path) {
        if (!members.containsKey("discriminator")) {
            return;
        }
        var in = object(members.get("discriminator"), at(path, "discriminator"));
        var mapping = new HashMap<String, SchemaNode>();
        if (in.containsKey("mapping")) {
            String mappingPath = at(path, "discriminator.mapping");
            for (var entry : object(in.get("mapping"), mappingPath).entrySet()) {
                mapping.put(entry.getKey(), resolve(entry.getValue(), mappingPath + "." + entry.getKey()));
            }
        }
        if (!in.containsKey("propertyName") || mapping.isEmpty() || node.oneOf.isEmpty() && node.anyOf.isEmpty()) {
            throw new InvalidManifestException(
                    at(path, "discriminator"),
                    "A discriminator needs 'propertyName', a 'mapping' and a 'oneOf' or 'anyOf' beside it.");
        }
        node.discriminator = Optional.of(new SchemaNode.Discriminator(
                text(in.get("propertyName"), at(path, "discriminator.propertyName")), Map.copyOf(mapping)));
    }

    private void definitions(String keyword, JsonValue value, String path) {
        for (var definition : object(value, path).entrySet()) {
            if (path.equals(keyword)) {
                resolve(
                        JsonValue.of("#/" + keyword + "/"
                                + definition.getKey().replace("~", "~0").replace("/", "~1")),
                        path);
            } else {
                node(definition.getValue(), path + "." + definition.getKey());
            }
        }
    }

    private SchemaNode resolve(JsonValue value, String path) {
        String pointer = text(value, path);
        var known = byPointer.get(pointer);
        if (known != null) {
            return known;
        }
        var target = root;
        if (!pointer.startsWith("#/")) {
            throw new InvalidManifestException(
                    path,
                    "A schema may refer to places in itself only, such as #/$defs/Name, but refers to \"" + pointer
                            + "\".");
        }
        var steps = new ArrayList<String>();
        for (String step : pointer.substring(2).split("/", -1)) {
            String name = step.replace("~1", "/").replace("~0", "~");
            steps.add(name);
            target =
                    target instanceof JsonValue.Object object ? object.members().get(name) : null;
            if (target == null) {
                throw new InvalidManifestException(
                        path, "The schema refers to \"" + pointer + "\", which it does not have.");
            }
        }
        var node = new SchemaNode();
        byPointer.put(pointer, node);
        fill(node, target, String.join(".", steps));
        return node;
    }

    /** A schema that points to itself without looking into the value would be asked for ever. */
    private void refuseEndlessReferences() {
        var depths = new IdentityHashMap<SchemaNode, Integer>();
        for (var node : all) {
            depth(node, depths, 0);
        }
    }

    private static int depth(SchemaNode node, IdentityHashMap<SchemaNode, Integer> depths, int level) {
        var known = depths.get(node);
        if (known != null) {
            return known;
        }
        // In the map without a depth: we came from there.
        if (level > DEEPEST || depths.containsKey(node)) {
            throw new InvalidManifestException(
                    "",
                    "The schema refers to itself without end, or through more than " + DEEPEST
                            + " others, for one value.");
        }
        depths.put(node, null);
        int depth = 0;
        for (var next : node.beside()) {
            depth = Math.max(depth, 1 + depth(next, depths, level + 1));
        }
        depths.put(node, depth);
        if (depth > DEEPEST) {
            throw new InvalidManifestException(
                    "", "The schema puts more than " + DEEPEST + " others behind each other.");
        }
        return depth;
    }

    private int types(JsonValue value, String path) {
        if (value instanceof JsonValue.Array array) {
            int types = 0;
            for (var item : array.items()) {
                types |= types(item, path);
            }
            return types;
        }
        return switch (text(value, path)) {
            case "null" -> SchemaNode.NULL;
            case "boolean" -> SchemaNode.BOOLEAN;
            case "object" -> SchemaNode.OBJECT;
            case "array" -> SchemaNode.ARRAY;
            case "string" -> SchemaNode.STRING;
            case "number" -> SchemaNode.NUMBER | SchemaNode.INTEGER;
            case "integer" -> SchemaNode.INTEGER;
            default -> throw new InvalidManifestException(path, "There is no JSON type " + show(value) + ".");
        };
    }

    private List<SchemaNode> nodes(JsonValue value, String path) {
        var nodes = new ArrayList<SchemaNode>();
        for (var item : items(value, path)) {
            nodes.add(node(item, path + "[" + nodes.size() + "]"));
        }
        if (nodes.isEmpty()) {
            throw new InvalidManifestException(path, "The list of schemas is empty, so no value could ever fit.");
        }
        return List.copyOf(nodes);
    }

    private static void only(SchemaNode node, List<JsonValue> values, String path) {
        if (values.isEmpty()) {
            throw new InvalidManifestException(
                    path, "The list of allowed values is empty, so no value could ever fit.");
        }
        var canonical = new TreeSet<String>();
        values.forEach(value -> canonical.add(Json.canonical(value)));
        node.values = Collections.unmodifiableSet(canonical);
        node.literals = canonical.stream()
                .map(value -> value.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private static int count(JsonValue value, String path) {
        if (value instanceof JsonValue.Number number
                && number.value().signum() >= 0
                && number.value().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) <= 0) {
            return number.value().intValue();
        }
        throw wrong(path, "a whole number", value);
    }

    private static boolean bool(JsonValue value, String path) {
        if (value instanceof JsonValue.Bool bool) {
            return bool.value();
        }
        throw wrong(path, "true or false", value);
    }

    private static SchemaNode.Bound bound(JsonValue value, boolean lower, boolean exclusive, String path) {
        if (value instanceof JsonValue.Number number) {
            return SchemaNode.Bound.of(number.value(), lower, exclusive);
        }
        throw wrong(path, "a number", value);
    }

    private static String text(JsonValue value, String path) {
        if (value instanceof JsonValue.Text text) {
            return text.value();
        }
        throw wrong(path, "a string", value);
    }

    private static TextPattern pattern(JsonValue value, String path) {
        try {
            return TextPattern.of(text(value, path));
        } catch (PatternSyntaxException e) {
            throw new InvalidManifestException(
                    path,
                    "'" + path + "' must be a regular expression, but " + show(value) + " is none: "
                            + e.getDescription() + ".");
        }
    }

    private static void indexed(JsonValue value, String path) {
        if (!Names.isName(text(value, path))) {
            throw wrong(path, "a name of metadata", value);
        }
    }

    private static List<JsonValue> items(JsonValue value, String path) {
        if (value instanceof JsonValue.Array array) {
            return array.items();
        }
        throw wrong(path, "an array", value);
    }

    private static Map<String, JsonValue> object(JsonValue value, String path) {
        if (value instanceof JsonValue.Object object) {
            return object.members();
        }
        throw wrong(path, "an object", value);
    }

    private static InvalidManifestException wrong(String path, String wanted, JsonValue found) {
        return new InvalidManifestException(path, "'" + path + "' must be " + wanted + ", but is " + show(found) + ".");
    }

    private static String show(JsonValue value) {
        String text = Json.write(value);
        return text.length() > 80 ? text.substring(0, 77) + "..." : text;
    }

    private static String at(String path, String member) {
        return path.isEmpty() ? member : path + "." + member;
    }
}
