package dev.millrace.manifest;

import java.math.BigDecimal;
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

    private static final long WORK_ANYWAY = 100_000;

    /** So many characters of a whole number are sure to fit a {@code long}. */
    private static final int DIGITS_OF_A_LONG = 18;

    /** So many names are compared one by one sooner than one is hashed. */
    private static final int FEW_PROPERTIES = 24;

    private final JsonCursor in;
    private final JsonPath path = new JsonPath();
    private int level;
    private long work;
    private List<Finding> findings = new ArrayList<>(0);

    /** A problem, with what tells whether an alternative was meant at all. */
    private record Finding(SchemaProblem problem, Kind kind, int level) {}

    private enum Kind {
        TYPE,
        CHOICE,
        OTHER
    }

    SchemaWalk(byte[] utf8) {
        this.in = new JsonCursor(utf8);
        this.work = WORK_ANYWAY + WORK_PER_BYTE * utf8.length;
    }

    List<SchemaProblem> check(SchemaNode schema) {
        value(schema);
        if (work < 0) {
            // Whatever was found after that is not to be trusted, least of all that an alternative fits.
            return List.of(new SchemaProblem(
                    "$", "could not be checked: the schema has too many alternatives for a value of this size"));
        }
        return findings.isEmpty()
                ? List.of()
                : findings.stream().map(Finding::problem).limit(MOST_PROBLEMS).toList();
    }

    /** Checks the value that begins here and moves behind it. */
    private void value(SchemaNode schema) {
        int start = in.at();
        if (--work < 0) {
            in.skip();
            return;
        }
        if (schema.onlyRefers) {
            value(schema.reference.orElseThrow());
            return;
        }
        if (schema.asksItself) {
            own(schema, start);
        } else {
            in.skip();
        }
        if (!schema.pointsElsewhere) {
            return;
        }
        int end = in.at();
        if (schema.reference.isPresent()) {
            again(schema.reference.get(), start);
        }
        for (var each : schema.allOf) {
            again(each, start);
        }
        if (!schema.anyOf.isEmpty()) {
            alternatives(schema, schema.anyOf, false, start, end);
        }
        if (!schema.oneOf.isEmpty()) {
            alternatives(schema, schema.oneOf, true, start, end);
        }
        in.moveTo(end);
    }

    private void again(SchemaNode schema, int start) {
        in.moveTo(start);
        value(schema);
    }

    private void own(SchemaNode schema, int start) {
        int found = typeAt(start);
        if (schema.nothing) {
            in.skip();
            report(Kind.TYPE, "must not be there");
        } else if (schema.types != 0 && (schema.types & found) == 0) {
            in.skip();
            report(Kind.TYPE, "must be " + names(schema.types) + ", but is " + in.show(start, in.at()));
        } else {
            switch (found) {
                case SchemaNode.OBJECT -> object(schema);
                case SchemaNode.ARRAY -> array(schema);
                case SchemaNode.STRING -> string(schema);
                case SchemaNode.NUMBER, SchemaNode.INTEGER -> number(schema, found);
                default -> in.skip();
            }
        }
        if (!schema.literals.isEmpty()) {
            oneOfTheValues(schema, start, in.at());
        }
    }

    private void oneOfTheValues(SchemaNode schema, int start, int end) {
        for (var literal : schema.literals) {
            if (in.is(literal, start, end)) {
                return;
            }
        }
        if (!schema.values.contains(Json.canonical(in.value(start, end)))) {
            String wanted = schema.values.size() == 1
                    ? schema.values.iterator().next()
                    : "one of " + schema.values.stream().limit(MOST_PROBLEMS).toList();
            report(Kind.CHOICE, "must be " + wanted + ", but is " + in.show(start, end));
        }
    }

    private void alternatives(SchemaNode schema, List<SchemaNode> all, boolean exactlyOne, int start, int end) {
        if (schema.discriminator.isPresent() && typeAt(start) == SchemaNode.OBJECT) {
            discriminated(schema.discriminator.get(), start);
            return;
        }
        var outside = findings;
        var meant = new ArrayList<List<Finding>>(0);
        int fitting = 0;
        for (var alternative : all) {
            findings = new ArrayList<>(0);
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
                report(Kind.TYPE, "fits none of the " + all.size() + " alternatives: " + in.show(start, end));
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
        in.moveTo(start);
        for (boolean more = in.enter(); more; more = in.next()) {
            String name = in.string();
            in.toValue();
            if (name.equals(discriminator.property()) && in.here() == '"') {
                chosen = in.string();
            } else {
                in.skip();
            }
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
                                    .toList()
                            + (chosen == null ? "" : ", but is \"" + chosen + "\""));
            path.pop();
        }
    }

    private void object(SchemaNode schema) {
        level++;
        int start = in.at();
        int count = 0;
        int required = 0;
        boolean more = in.enter();
        if (!more) {
            in.next();
        }
        while (more) {
            int nameStart = in.at() + 1;
            in.skip();
            int nameEnd = in.at() - 1;
            in.toValue();
            var property = property(schema, count++, nameStart, nameEnd);
            if (property != null) {
                required += property.required() ? 1 : 0;
                member(property.text(), property.schema());
            } else if (schema.additional == SchemaNode.ANYTHING) {
                in.skip();
            } else {
                additional(schema, in.string(nameStart, nameEnd));
            }
            more = in.next();
        }
        level--;
        if (required < schema.requiredProperties) {
            reportMissing(schema, start);
        }
        size("members", count, schema.minProperties, schema.maxProperties);
    }

    /**
     * Members come in the order of the schema, or in another that their writer keeps to: a manifest has them sorted, a record as they
     * were declared. Names mostly come without escapes, so the bytes of a few are looked through without making a text of them.
     */
    private SchemaNode.Property property(SchemaNode schema, int position, int nameStart, int nameEnd) {
        var properties = schema.properties;
        if (position < properties.size()) {
            var expected = properties.get(position);
            if (in.is(expected.name(), nameStart, nameEnd)) {
                return expected;
            }
        }
        if (properties.size() <= FEW_PROPERTIES) {
            for (int i = 0; i < properties.size(); i++) {
                if (in.is(properties.get(i).name(), nameStart, nameEnd)) {
                    return properties.get(i);
                }
            }
            if (!in.hasEscape(nameStart, nameEnd)) {
                return null;
            }
        }
        return schema.propertiesByName.isEmpty() ? null : schema.propertiesByName.get(in.string(nameStart, nameEnd));
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
            in.skip();
        } else {
            member(name, schema.additional);
        }
    }

    private void reportMissing(SchemaNode schema, int start) {
        int end = in.at();
        var there = new HashSet<String>();
        in.moveTo(start);
        for (boolean more = in.enter(); more; more = in.next()) {
            there.add(in.string());
            in.toValue();
            in.skip();
        }
        in.moveTo(end);
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
        var distinct = schema.uniqueItems ? new HashSet<String>() : null;
        int index = 0;
        boolean more = in.enter();
        if (!more) {
            in.next();
        }
        while (more) {
            int start = in.at();
            path.push(index++);
            value(schema.items);
            if (distinct != null && !distinct.add(Json.canonical(in.value(start, in.at())))) {
                report(Kind.OTHER, "is there twice: " + in.show(start, in.at()));
            }
            path.pop();
            more = in.next();
        }
        level--;
        size("elements", index, schema.minItems, schema.maxItems);
    }

    private void string(SchemaNode schema) {
        if (schema.minLength > 0 || schema.maxLength < Integer.MAX_VALUE || schema.pattern.isPresent()) {
            String text = in.string();
            size("characters", text.codePointCount(0, text.length()), schema.minLength, schema.maxLength);
            if (schema.pattern.isPresent() && !schema.pattern.get().admits(text)) {
                report(Kind.OTHER, "must match the pattern " + schema.pattern.get());
            }
        } else {
            in.skip();
        }
    }

    private void size(String what, int size, int min, int max) {
        if (size < min) {
            report(Kind.OTHER, "must have at least " + min + " " + what + ", but has " + size);
        } else if (size > max) {
            report(Kind.OTHER, "must have at most " + max + " " + what + ", but has " + size);
        }
    }

    private void number(SchemaNode schema, int type) {
        int start = in.at();
        in.skip();
        if (schema.bounds.isEmpty()) {
            return;
        }
        int end = in.at();
        boolean small = type == SchemaNode.INTEGER && end - start <= DIGITS_OF_A_LONG;
        long number = small ? in.wholeNumber(start, end) : 0;
        for (int i = 0; i < schema.bounds.size(); i++) {
            var bound = schema.bounds.get(i);
            if (!(small ? bound.admits(number) : bound.admits(new BigDecimal(in.digits(start, end))))) {
                report(Kind.OTHER, "must be " + bound + ", but is " + in.digits(start, end));
            }
        }
    }

    private int typeAt(int offset) {
        return switch (in.at(offset)) {
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
        for (int i = offset; i < in.length(); i++) {
            int b = in.at(i);
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
}
