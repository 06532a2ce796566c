package dev.millrace.manifest;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Holds the bytes of one value against a schema, without building the value: alternatives are tried by going back to the
 * first byte of the value. The bytes have passed {@link JsonScanner}, so this walk does not ask whether they are JSON. Not
 * safe for use by many threads; one walk checks one value.
 */
final class SchemaWalk {
    /** More problems than a person wants to read at once. */
    private static final int MOST_PROBLEMS = 20;

    /** Stops schemas that multiply alternatives with alternatives; no honest one comes near. */
    private static final long WORK_PER_BYTE = 64;

    private final byte[] in;
    private final JsonPath path = new JsonPath();
    private int at;
    private int level;
    private long work;
    private List<Finding> findings = new ArrayList<>();

    /** A problem, with what tells whether an alternative was meant at all. */
    private record Finding(SchemaProblem problem, Kind kind, int level) {}

    private enum Kind {
        TYPE,
        CHOICE,
        OTHER
    }

    SchemaWalk(byte[] in) {
        this.in = in;
        this.work = 100_000 + WORK_PER_BYTE * in.length;
    }

    List<SchemaProblem> check(SchemaNode schema) {
        space();
        value(schema);
        if (work < 0) {
            // Whatever was found after that is not to be trusted, least of all that an alternative fits.
            return List.of(new SchemaProblem(
                    "$", "could not be checked: the schema has too many alternatives for a value of this size"));
        }
        return findings.stream().map(Finding::problem).limit(MOST_PROBLEMS).toList();
    }

    /** Checks the value that begins here and moves behind it. */
    private void value(SchemaNode schema) {
        int start = at;
        if (--work < 0) {
            skip();
            return;
        }
        if (schema.asksItself) {
            own(schema);
        } else {
            skip();
        }
        int end = at;
        if (schema.reference.isPresent()) {
            again(schema.reference.get(), start);
        }
        for (var each : schema.allOf) {
            again(each, start);
        }
        if (!schema.anyOf.isEmpty()) {
            alternatives(schema, schema.anyOf, false, start);
        }
        if (!schema.oneOf.isEmpty()) {
            alternatives(schema, schema.oneOf, true, start);
        }
        at = end;
    }

    private void again(SchemaNode schema, int start) {
        at = start;
        value(schema);
    }

    private void own(SchemaNode schema) {
        int start = at;
        int found = typeHere();
        if (schema.nothing) {
            report(Kind.TYPE, "must not be there");
            skip();
        } else if (schema.types != 0 && (schema.types & found) == 0) {
            skip();
            report(Kind.TYPE, "must be " + names(schema.types) + ", but is " + show(start));
        } else {
            switch (found) {
                case SchemaNode.OBJECT -> object(schema);
                case SchemaNode.ARRAY -> array(schema);
                case SchemaNode.STRING -> string(schema);
                case SchemaNode.NUMBER, SchemaNode.INTEGER -> number(schema);
                default -> skip();
            }
        }
        if (!schema.values.isEmpty() && !schema.values.contains(Json.canonical(built(start)))) {
            report(Kind.CHOICE, choice(schema) + ", but is " + show(start));
        }
    }

    private static String choice(SchemaNode schema) {
        return schema.values.size() == 1
                ? "must be " + schema.values.iterator().next()
                : "must be one of "
                        + schema.values.stream().sorted().limit(MOST_PROBLEMS).toList();
    }

    private void alternatives(SchemaNode schema, List<SchemaNode> all, boolean exactlyOne, int start) {
        if (schema.discriminator.isPresent() && typeAt(start) == SchemaNode.OBJECT) {
            discriminated(schema.discriminator.get(), start);
            return;
        }
        var outside = findings;
        var meant = new ArrayList<List<Finding>>();
        int fitting = 0;
        for (var alternative : all) {
            findings = new ArrayList<>();
            again(alternative, start);
            if (findings.isEmpty()) {
                fitting++;
                if (!exactlyOne) {
                    break;
                }
            } else if (findings.stream().noneMatch(this::saysAnotherWasMeant)) {
                meant.add(findings);
            }
        }
        findings = outside;
        if (fitting == 0) {
            if (meant.size() == 1) {
                findings.addAll(meant.get(0));
            } else {
                at = start;
                report(Kind.TYPE, "fits none of the " + all.size() + " alternatives: " + show(start));
            }
        } else if (exactlyOne && fitting > 1) {
            report(Kind.OTHER, "must fit one of the " + all.size() + " alternatives, but fits " + fitting);
        }
    }

    private boolean saysAnotherWasMeant(Finding finding) {
        return finding.kind() == Kind.TYPE && finding.level() == level
                || finding.kind() == Kind.CHOICE && finding.level() <= level + 1;
    }

    private void discriminated(SchemaNode.Discriminator discriminator, int start) {
        String chosen = null;
        at = start + 1;
        space();
        while (in[at] != '}') {
            String name = text();
            betweenNameAndValue();
            if (name.equals(discriminator.property()) && in[at] == '"') {
                chosen = text();
            } else {
                skip();
            }
            afterElement();
        }
        var alternative = chosen == null ? null : discriminator.alternatives().get(chosen);
        if (alternative != null) {
            again(alternative, start);
        } else {
            path.push(discriminator.property());
            report(
                    Kind.CHOICE,
                    "must be one of "
                            + discriminator.alternatives().keySet().stream()
                                    .sorted()
                                    .toList() + (chosen == null ? "" : ", but is \"" + chosen + "\""));
            path.pop();
        }
    }

    private void object(SchemaNode schema) {
        level++;
        int count = 0;
        int required = 0;
        int expected = 0;
        int start = at++;
        space();
        while (in[at] != '}') {
            count++;
            int nameStart = at + 1;
            skipString();
            int nameEnd = at - 1;
            betweenNameAndValue();
            var property =
                    expected < schema.properties.size() && is(schema.properties.get(expected), nameStart, nameEnd)
                            ? schema.properties.get(expected)
                            : schema.propertiesByName.isEmpty()
                                    ? null
                                    : schema.propertiesByName.get(JsonBuilder.text(in, nameStart, nameEnd));
            expected++;
            if (property != null) {
                required += property.required() ? 1 : 0;
                member(property.text(), property.schema());
            } else if (schema.additional == SchemaNode.ANYTHING) {
                skip();
            } else {
                additional(schema, JsonBuilder.text(in, nameStart, nameEnd));
            }
            afterElement();
        }
        at++;
        level--;
        if (required < schema.requiredProperties) {
            reportMissing(schema, start);
        }
        size("members", count, schema.minProperties, schema.maxProperties);
    }

    /** Names mostly come in the order of the schema, and without escapes. */
    private boolean is(SchemaNode.Property property, int start, int end) {
        return java.util.Arrays.equals(property.name(), 0, property.name().length, in, start, end);
    }

    private void member(String name, SchemaNode schema) {
        path.push(name);
        value(schema);
        path.pop();
    }

    private void additional(SchemaNode schema, String name) {
        if (schema.additional.nothing) {
            path.push(name);
            report(
                    Kind.OTHER,
                    "is not known; known are "
                            + schema.properties.stream()
                                    .map(SchemaNode.Property::text)
                                    .limit(MOST_PROBLEMS)
                                    .toList());
            path.pop();
            skip();
        } else {
            member(name, schema.additional);
        }
    }

    private void reportMissing(SchemaNode schema, int start) {
        int end = at;
        var there = new HashSet<String>();
        at = start + 1;
        space();
        while (in[at] != '}') {
            there.add(text());
            betweenNameAndValue();
            skip();
            afterElement();
        }
        at = end;
        for (var property : schema.properties) {
            if (property.required() && !there.contains(property.text())) {
                path.push(property.text());
                report(Kind.OTHER, "required");
                path.pop();
            }
        }
    }

    private void array(SchemaNode schema) {
        level++;
        var distinct = new HashSet<String>();
        int index = 0;
        at++;
        space();
        while (in[at] != ']') {
            int start = at;
            path.push(index);
            value(schema.items);
            if (schema.uniqueItems && !distinct.add(Json.canonical(built(start)))) {
                report(Kind.OTHER, "is there twice: " + show(start));
            }
            path.pop();
            index++;
            afterElement();
        }
        at++;
        level--;
        size("elements", index, schema.minItems, schema.maxItems);
    }

    private void string(SchemaNode schema) {
        int start = at;
        skipString();
        if (schema.minLength > 0 || schema.maxLength < Integer.MAX_VALUE) {
            String text = JsonBuilder.text(in, start + 1, at - 1);
            size("characters", text.codePointCount(0, text.length()), schema.minLength, schema.maxLength);
        }
    }

    private void size(String what, int size, int min, int max) {
        if (size < min) {
            report(Kind.OTHER, "must have at least " + min + " " + what + ", but has " + size);
        } else if (size > max) {
            report(Kind.OTHER, "must have at most " + max + " " + what + ", but has " + size);
        }
    }

    private void number(SchemaNode schema) {
        int start = at;
        skip();
        if (schema.minimum.isEmpty() && schema.maximum.isEmpty()) {
            return;
        }
        var number = new BigDecimal(new String(in, start, at - start, StandardCharsets.ISO_8859_1));
        schema.minimum.ifPresent(bound -> {
            int order = number.compareTo(bound.value());
            if (order < 0 || order == 0 && bound.exclusive()) {
                report(
                        Kind.OTHER,
                        "must be " + (bound.exclusive() ? "more than " : "at least ") + bound.value() + ", but is "
                                + show(start));
            }
        });
        schema.maximum.ifPresent(bound -> {
            int order = number.compareTo(bound.value());
            if (order > 0 || order == 0 && bound.exclusive()) {
                report(
                        Kind.OTHER,
                        "must be " + (bound.exclusive() ? "less than " : "at most ") + bound.value() + ", but is "
                                + show(start));
            }
        });
    }

    private int typeHere() {
        return typeAt(at);
    }

    private int typeAt(int offset) {
        return switch (in[offset]) {
            case '{' -> SchemaNode.OBJECT;
            case '[' -> SchemaNode.ARRAY;
            case '"' -> SchemaNode.STRING;
            case 't', 'f' -> SchemaNode.BOOLEAN;
            case 'n' -> SchemaNode.NULL;
            default -> integral(offset) ? SchemaNode.INTEGER : SchemaNode.NUMBER;
        };
    }

    /** Whether a number is written as a whole one. {@code 1.0} is not: a worker would not take it for an {@code int}. */
    private boolean integral(int offset) {
        for (int i = offset; i < in.length; i++) {
            int b = in[i];
            if (b == '.' || b == 'e' || b == 'E') {
                return false;
            }
            if (b != '-' && (b < '0' || b > '9')) {
                return true;
            }
        }
        return true;
    }

    private static String names(int types) {
        var names = new ArrayList<String>();
        if ((types & SchemaNode.OBJECT) != 0) {
            names.add("an object");
        }
        if ((types & SchemaNode.ARRAY) != 0) {
            names.add("an array");
        }
        if ((types & SchemaNode.STRING) != 0) {
            names.add("a string");
        }
        if ((types & SchemaNode.NUMBER) != 0) {
            names.add("a number");
        } else if ((types & SchemaNode.INTEGER) != 0) {
            names.add("a whole number");
        }
        if ((types & SchemaNode.BOOLEAN) != 0) {
            names.add("true or false");
        }
        if ((types & SchemaNode.NULL) != 0) {
            names.add("null");
        }
        return String.join(" or ", names);
    }

    private void report(Kind kind, String message) {
        if (findings.size() < MOST_PROBLEMS) {
            findings.add(new Finding(new SchemaProblem(path.toString(), message), kind, level));
        }
    }

    private String show(int start) {
        int before = at;
        at = start;
        skip();
        String text = new String(in, start, Math.min(at - start, 60), StandardCharsets.UTF_8)
                + (at - start > 60 ? "..." : "");
        at = before;
        return text;
    }

    private JsonValue built(int start) {
        int before = at;
        at = start;
        skip();
        byte[] slice = java.util.Arrays.copyOfRange(in, start, at);
        at = before;
        return new JsonBuilder(slice).build();
    }

    // ---- moving about in valid JSON

    private void skip() {
        switch (in[at]) {
            case '"' -> skipString();
            case '{', '[' -> skipContainer();
            default -> {
                while (at < in.length && ",]} \t\n\r".indexOf(in[at]) < 0) {
                    at++;
                }
            }
        }
    }

    private void skipContainer() {
        int open = 0;
        do {
            switch (in[at]) {
                case '"' -> skipString();
                case '{', '[' -> {
                    open++;
                    at++;
                }
                case '}', ']' -> {
                    open--;
                    at++;
                }
                default -> at++;
            }
        } while (open > 0);
    }

    private void skipString() {
        at++;
        while (in[at] != '"') {
            at += in[at] == '\\' ? 2 : 1;
        }
        at++;
    }

    private String text() {
        int start = at + 1;
        skipString();
        return JsonBuilder.text(in, start, at - 1);
    }

    private void betweenNameAndValue() {
        space();
        at++;
        space();
    }

    private void afterElement() {
        space();
        if (in[at] == ',') {
            at++;
            space();
        }
    }

    private void space() {
        while (at < in.length && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }
}
