package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares two JSON Schemas. References are followed; a pair of schemas of which one is a reference is compared once, at the
 * first place where they meet. That also ends recursion: there are finitely many pairs.
 */
final class SchemaDiff {
    private static final Set<String> ALL_TYPES =
            Set.of("null", "boolean", "object", "array", "number", "integer", "string");
    private static final List<String> LOWER =
            List.of("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties");
    private static final List<String> UPPER =
            List.of("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties");
    private static final String SENSITIVE = "x-millrace-sensitive";
    private static final String INDEXED = "x-millrace-indexed";
    /** As many references as may stand one behind the other; a longer chain is a circle that reading refuses. */
    private static final int DEEPEST = 64;

    private final Findings findings;
    private final Direction direction;
    private final JsonValue olderRoot;
    private final JsonValue newerRoot;
    private final Set<List<JsonValue>> seen = new HashSet<>();

    SchemaDiff(Findings findings, Direction direction, JsonValue olderRoot, JsonValue newerRoot) {
        this.findings = findings;
        this.direction = direction;
        this.olderRoot = olderRoot;
        this.newerRoot = newerRoot;
    }

    void compare(String path) {
        walk(path, olderRoot, newerRoot);
    }

    private void walk(String path, JsonValue olderSchema, JsonValue newerSchema) {
        if (olderSchema.equals(JsonValue.TRUE) && newerSchema.equals(JsonValue.TRUE)) {
            return;
        }
        boolean refers =
                object(olderSchema).containsKey("$ref") || object(newerSchema).containsKey("$ref");
        if (refers && !seen.add(List.of(withoutDefinitions(olderSchema), withoutDefinitions(newerSchema)))) {
            return;
        }
        var older = resolve(olderSchema, olderRoot);
        var newer = resolve(newerSchema, newerRoot);
        if (older.equals(JsonValue.FALSE) || newer.equals(JsonValue.FALSE)) {
            nothing(path, older, newer);
            return;
        }
        var before = object(older);
        var after = object(newer);
        if (types(path, before, after)) {
            values(path, before, after);
            bounds(path, before, after);
            uniqueness(path, before, after);
            note("format", path, before, after);
            pattern(path, before, after);
            notes(path, before, after);
            properties(path, before, after);
            walk(
                    path + ".*",
                    before.getOrDefault("additionalProperties", JsonValue.TRUE),
                    after.getOrDefault("additionalProperties", JsonValue.TRUE));
            walk(
                    path + "[]",
                    before.getOrDefault("items", JsonValue.TRUE),
                    after.getOrDefault("items", JsonValue.TRUE));
            alternatives(path, before, after, "oneOf");
            alternatives(path, before, after, "anyOf");
            conjunction(path, before, after);
            discriminator(path, before, after);
        }
    }

    private void nothing(String path, JsonValue older, JsonValue newer) {
        if (!older.equals(newer)) {
            boolean narrowed = newer.equals(JsonValue.FALSE);
            findings.add(
                    narrowed ? direction.narrowed() : direction.widened(),
                    path,
                    narrowed ? "No value is allowed here any longer." : "Values are allowed here now.");
        }
    }

    /** Returns whether it is worth looking further: with other types everything else differs too. */
    private boolean types(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        var before = typesOf(older);
        var after = typesOf(newer);
        if (before.equals(after)) {
            return true;
        }
        boolean wider = after.containsAll(before);
        boolean narrower = before.containsAll(after);
        var verdict = wider ? direction.widened() : narrower ? direction.narrowed() : Verdict.BREAKING;
        findings.add(verdict, path, "The type went from " + typeText(older) + " to " + typeText(newer) + ".");
        return wider || narrower;
    }

    private static Set<String> typesOf(Map<String, JsonValue> schema) {
        var type = schema.get("type");
        if (type == null) {
            return ALL_TYPES;
        }
        var types = new TreeSet<String>(texts(type));
        if (types.contains("number")) {
            types.add("integer");
        }
        return types;
    }

    private static String typeText(Map<String, JsonValue> schema) {
        return schema.containsKey("type") ? String.join(" or ", texts(schema.get("type"))) : "any";
    }

    private void values(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        var before = valuesOf(older);
        var after = valuesOf(newer);
        if (before.isEmpty() && after.isEmpty()) {
            return;
        }
        if (before.isEmpty()) {
            findings.add(direction.narrowed(), path, "Only " + show(after.get()) + " are allowed now.");
        } else if (after.isEmpty()) {
            findings.add(direction.widened(), path, "Values other than " + show(before.get()) + " are allowed now.");
        } else {
            var removed = without(before.get(), after.get());
            var added = without(after.get(), before.get());
            if (!removed.isEmpty()) {
                findings.add(direction.narrowed(), path, "Values no longer allowed: " + show(removed) + ".");
            }
            if (!added.isEmpty()) {
                findings.add(direction.widened(), path, "Values newly allowed: " + show(added) + ".");
            }
        }
    }

    private static Optional<List<JsonValue>> valuesOf(Map<String, JsonValue> schema) {
        if (schema.containsKey("const")) {
            return Optional.of(List.of(schema.get("const")));
        }
        return Optional.ofNullable(schema.get("enum")).map(SchemaDiff::items);
    }

    private void bounds(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        LOWER.forEach(keyword -> bound(path, keyword, older, newer, true));
        UPPER.forEach(keyword -> bound(path, keyword, older, newer, false));
    }

    private void bound(
            String path, String keyword, Map<String, JsonValue> older, Map<String, JsonValue> newer, boolean lower) {
        var before = number(older, keyword);
        var after = number(newer, keyword);
        if (before.isEmpty() && after.isEmpty()) {
            return;
        }
        int order = before.isPresent() && after.isPresent()
                ? after.get().compareTo(before.get())
                : after.isPresent() == lower ? 1 : -1;
        if (order != 0) {
            findings.add(
                    order > 0 == lower ? direction.narrowed() : direction.widened(),
                    path,
                    "The bound '" + keyword + "' went from "
                            + before.map(BigDecimal::toPlainString).orElse("none") + " to "
                            + after.map(BigDecimal::toPlainString).orElse("none") + ".");
        }
    }

    private void uniqueness(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        boolean before = JsonValue.TRUE.equals(older.get("uniqueItems"));
        boolean after = JsonValue.TRUE.equals(newer.get("uniqueItems"));
        if (before != after) {
            findings.add(
                    after ? direction.narrowed() : direction.widened(),
                    path,
                    after ? "Its items must be unique now." : "Its items may repeat now.");
        }
    }

    private void pattern(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        if (older.containsKey("pattern") == newer.containsKey("pattern")) {
            note("pattern", path, older, newer);
        } else {
            boolean narrowed = newer.containsKey("pattern");
            findings.add(
                    narrowed ? direction.narrowed() : direction.widened(),
                    path,
                    narrowed
                            ? "Texts must fit the pattern " + Json.write(newer.get("pattern")) + " now."
                            : "Texts need not fit the pattern " + Json.write(older.get("pattern")) + " any longer.");
        }
    }

    /** What two texts have in common that fit one or the other, nobody can say. */
    private void note(String keyword, String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        var before = Optional.ofNullable(older.get(keyword));
        var after = Optional.ofNullable(newer.get(keyword));
        if (!before.equals(after)) {
            findings.add(
                    Verdict.RISKY,
                    path,
                    "The " + keyword + " went from " + before.map(Json::write).orElse("none") + " to "
                            + after.map(Json::write).orElse("none") + ".");
        }
    }

    /** What is said about a value, not to it: who may see it, and by which name runs are found. */
    private void notes(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        boolean hidden = JsonValue.TRUE.equals(older.get(SENSITIVE));
        boolean hides = JsonValue.TRUE.equals(newer.get(SENSITIVE));
        if (hidden != hides) {
            findings.add(
                    hides ? Verdict.SAFE : Verdict.RISKY,
                    path,
                    hides ? "The value is masked now." : "The value is no longer masked where people look.");
        }
        var before = Optional.ofNullable(older.get(INDEXED));
        var after = Optional.ofNullable(newer.get(INDEXED));
        if (!before.equals(after)) {
            findings.add(
                    before.isPresent() ? Verdict.RISKY : Verdict.SAFE,
                    path,
                    "Runs were found by " + before.map(Json::write).orElse("nothing") + " here and now are by "
                            + after.map(Json::write).orElse("nothing") + ".");
        }
    }

    private void properties(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        var before = object(older.getOrDefault("properties", JsonValue.NULL));
        var after = object(newer.getOrDefault("properties", JsonValue.NULL));
        var requiredBefore = texts(older.getOrDefault("required", JsonValue.NULL));
        var requiredAfter = texts(newer.getOrDefault("required", JsonValue.NULL));
        for (var property : before.entrySet()) {
            String name = property.getKey();
            String at = path + "." + name;
            if (after.containsKey(name)) {
                walk(at, property.getValue(), after.get(name));
            } else {
                removed(at, name, newer);
            }
        }
        var names = new TreeSet<String>(after.keySet());
        names.addAll(requiredBefore);
        names.addAll(requiredAfter);
        for (String name : names) {
            boolean known = before.containsKey(name) || requiredBefore.contains(name);
            required(path + "." + name, name, known, requiredBefore.contains(name), requiredAfter.contains(name));
            if (!known && !requiredAfter.contains(name)) {
                findings.add(Verdict.SAFE, path + "." + name, "The property '" + name + "' is new.");
            }
        }
    }

    private void removed(String path, String name, Map<String, JsonValue> newer) {
        boolean refused = JsonValue.FALSE.equals(newer.get("additionalProperties"));
        if (direction == Direction.RESULT) {
            findings.add(Verdict.BREAKING, path, "The property '" + name + "' is gone; callers that read it miss it.");
        } else {
            findings.add(
                    refused ? Verdict.BREAKING : Verdict.RISKY,
                    path,
                    "The property '" + name + "' is gone; "
                            + (refused ? "inputs that have it are refused." : "what callers send in it is ignored."));
        }
    }

    private void required(String path, String name, boolean known, boolean before, boolean after) {
        if (before == after) {
            return;
        }
        boolean input = direction == Direction.INPUT;
        if (after) {
            findings.add(
                    input ? Verdict.BREAKING : Verdict.SAFE,
                    path,
                    "The property '" + name + "' " + (known ? "became required" : "is new and required")
                            + (input ? "; inputs without it are refused." : "; results always have it."));
        } else {
            findings.add(
                    input ? Verdict.SAFE : Verdict.RISKY,
                    path,
                    "The property '" + name + "' is no longer required"
                            + (input ? "." : "; results may come without it."));
        }
    }

    private void alternatives(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer, String keyword) {
        if (!older.containsKey(keyword) && !newer.containsKey(keyword)) {
            return;
        }
        if (!older.containsKey(keyword) || !newer.containsKey(keyword)) {
            findings.add(
                    newer.containsKey(keyword) ? direction.narrowed() : direction.widened(),
                    path,
                    newer.containsKey(keyword)
                            ? "The value must be one of several alternatives now."
                            : "The value need not be one of several alternatives any longer.");
            return;
        }
        var before = items(older.get(keyword));
        var after = items(newer.get(keyword));
        before.stream().filter(after::contains).forEach(same -> walk(path, same, same));
        for (var gone : without(before, after)) {
            findings.add(direction.narrowed(), path, "The alternative " + Json.write(gone) + " is gone.");
        }
        for (var added : without(after, before)) {
            findings.add(direction.widened(), path, "The alternative " + Json.write(added) + " is new.");
        }
    }

    private void conjunction(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        var before = items(older.getOrDefault("allOf", JsonValue.NULL));
        var after = items(newer.getOrDefault("allOf", JsonValue.NULL));
        before.stream().filter(after::contains).forEach(same -> walk(path, same, same));
        for (var gone : without(before, after)) {
            findings.add(direction.widened(), path, "The condition " + Json.write(gone) + " is gone.");
        }
        for (var added : without(after, before)) {
            findings.add(direction.narrowed(), path, "The condition " + Json.write(added) + " is new.");
        }
    }

    private void discriminator(String path, Map<String, JsonValue> older, Map<String, JsonValue> newer) {
        var before = object(older.getOrDefault("discriminator", JsonValue.NULL));
        var after = object(newer.getOrDefault("discriminator", JsonValue.NULL));
        if (before.isEmpty() || after.isEmpty()) {
            return;
        }
        if (!before.get("propertyName").equals(after.get("propertyName"))) {
            findings.add(
                    Verdict.BREAKING,
                    path,
                    "The alternatives are told apart by " + Json.write(after.get("propertyName")) + " instead of "
                            + Json.write(before.get("propertyName")) + ".");
        }
        var names = object(before.get("mapping"));
        var others = object(after.get("mapping"));
        // A name that goes with its alternative is told there.
        var meanings = new HashSet<>(names.values());
        meanings.retainAll(others.values());
        for (var name : names.entrySet()) {
            if (meanings.contains(name.getValue()) && !name.getValue().equals(others.get(name.getKey()))) {
                findings.add(
                        Verdict.BREAKING,
                        path,
                        "An alternative is no longer told apart by the name '" + name.getKey() + "'.");
            }
        }
    }

    /** The schema itself, with what stands beside a reference added to what it refers to. */
    private static JsonValue resolve(JsonValue schema, JsonValue root) {
        var current = schema;
        for (int i = 0; i < DEEPEST; i++) {
            if (!(current instanceof JsonValue.Object object)
                    || !(object.members().get("$ref") instanceof JsonValue.Text reference)) {
                return current;
            }
            var target = target(reference.value(), root);
            var merged = new LinkedHashMap<String, JsonValue>(object(target));
            var beside = new LinkedHashMap<String, JsonValue>(object.members());
            beside.remove("$ref");
            merged.putAll(beside);
            current = target instanceof JsonValue.Object ? new JsonValue.Object(merged) : target;
        }
        return JsonValue.TRUE;
    }

    /** The reference at the root has the definitions beside it; it is the same reference as those inside them. */
    private static JsonValue withoutDefinitions(JsonValue schema) {
        if (!(schema instanceof JsonValue.Object object)) {
            return schema;
        }
        var members = new LinkedHashMap<String, JsonValue>(object.members());
        members.remove("$defs");
        members.remove("definitions");
        return new JsonValue.Object(members);
    }

    private static JsonValue target(String reference, JsonValue root) {
        var current = root;
        for (String part : reference.replaceFirst("^#/?", "").split("/")) {
            if (!part.isEmpty()) {
                String name = part.replace("~1", "/").replace("~0", "~");
                current = object(current).getOrDefault(name, JsonValue.TRUE);
            }
        }
        return current;
    }

    private static Map<String, JsonValue> object(JsonValue value) {
        return value instanceof JsonValue.Object object ? object.members() : Map.of();
    }

    private static List<JsonValue> items(JsonValue value) {
        return value instanceof JsonValue.Array array ? array.items() : List.of();
    }

    private static List<String> texts(JsonValue value) {
        var texts = new ArrayList<String>();
        for (var item : value instanceof JsonValue.Text ? List.of(value) : items(value)) {
            if (item instanceof JsonValue.Text text) {
                texts.add(text.value());
            }
        }
        return texts;
    }

    private static Optional<BigDecimal> number(Map<String, JsonValue> schema, String keyword) {
        return schema.get(keyword) instanceof JsonValue.Number number ? Optional.of(number.value()) : Optional.empty();
    }

    private static List<JsonValue> without(List<JsonValue> all, List<JsonValue> others) {
        return all.stream().filter(item -> !others.contains(item)).toList();
    }

    private static String show(List<JsonValue> values) {
        return String.join(", ", values.stream().map(Json::write).toList());
    }
}
