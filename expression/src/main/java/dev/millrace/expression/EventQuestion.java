package dev.millrace.expression;

import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What somebody who waits for an event asks of it: a condition over {@code event}, {@code metadata} and {@code name}, and over
 * values that have names of their own. Immutable.
 *
 * @param where CEL; {@code true} for any event
 * @param values by name; they are bound to the names and never become part of the text
 */
public record EventQuestion(String where, Map<String, JsonValue> values) {
    private static final String OPERAND =
            "[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*|-?\\d+(?:\\.\\d+)?|'[^'\\\\]*'|\"[^\"\\\\]*\"";
    private static final Pattern EQUALITY =
            Pattern.compile("\\s*event((?:\\.[A-Za-z_]\\w*)+)\\s*==\\s*(" + OPERAND + ")\\s*(?:&&.*)?", Pattern.DOTALL);

    public EventQuestion {
        values = Map.copyOf(values);
    }

    /**
     * A member of the event that has to have one value: whoever has it need not be searched for.
     *
     * @param path the members that lead to it
     * @param key stands for the value; equal for equal values
     */
    public record Equality(List<String> path, String key) {
        public Equality {
            path = List.copyOf(path);
        }
    }

    /**
     * Reads one as workers write it: {@code {"where": "…", "values": {…}}}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static EventQuestion read(byte[] json) {
        try {
            if (Json.read(json) instanceof JsonValue.Object ask
                    && ask.members().get("where") instanceof JsonValue.Text where
                    && ask.members().getOrDefault("values", new JsonValue.Object(Map.of()))
                            instanceof JsonValue.Object values) {
                return new EventQuestion(where.value(), values.members());
            }
        } catch (InvalidJsonException e) {
            throw new IllegalArgumentException("What is asked of events is no JSON: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(
                "What is asked of events has a text \"where\" and an object \"values\", but it is "
                        + new String(json, StandardCharsets.UTF_8) + ".");
    }

    /** As {@link #read} takes it. */
    public byte[] json() {
        var members = new LinkedHashMap<String, JsonValue>();
        members.put("where", JsonValue.of(where));
        members.put("values", new JsonValue.Object(values));
        return Json.write(new JsonValue.Object(members)).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What every event that fits has at one place; empty where that does not show. Only what is plain to see is found: a comparison of
     * a member with a value at the beginning, which holds whatever follows after {@code &&}.
     */
    public Optional<Equality> equality() {
        var matcher = EQUALITY.matcher(where);
        if (where.contains("||") || where.contains("?") || !matcher.matches()) {
            return Optional.empty();
        }
        var path = Arrays.asList(matcher.group(1).substring(1).split("\\."));
        return operand(matcher.group(2)).flatMap(EventQuestion::key).map(key -> new Equality(path, key));
    }

    private Optional<JsonValue> operand(String text) {
        char first = text.charAt(0);
        if (first == '\'' || first == '"') {
            return Optional.of(JsonValue.of(text.substring(1, text.length() - 1)));
        }
        if (first == '-' || Character.isDigit(first)) {
            return Optional.of(new JsonValue.Number(new BigDecimal(text)));
        }
        return switch (text) {
            case "true" -> Optional.of(JsonValue.of(true));
            case "false" -> Optional.of(JsonValue.of(false));
            default -> value(new JsonValue.Object(values), Arrays.asList(text.split("\\.")));
        };
    }

    /** What stands for the value at a place of an event; empty if there is none that could be compared so. */
    public static Optional<String> key(JsonValue event, List<String> path) {
        return value(event, path).flatMap(EventQuestion::key);
    }

    private static Optional<JsonValue> value(JsonValue root, List<String> path) {
        var value = root;
        for (var member : path) {
            if (!(value instanceof JsonValue.Object object) || !object.members().containsKey(member)) {
                return Optional.empty();
            }
            value = object.members().get(member);
        }
        return Optional.of(value);
    }

    /** Numbers that CEL takes to be equal have the same key; those that it does not hold exactly have none. */
    private static Optional<String> key(JsonValue value) {
        if (value instanceof JsonValue.Text text) {
            return Optional.of("s" + text.value());
        } else if (value instanceof JsonValue.Bool bool) {
            return Optional.of("b" + bool.value());
        } else if (value instanceof JsonValue.Number number) {
            return number(number.value());
        }
        return Optional.empty();
    }

    private static Optional<String> number(BigDecimal number) {
        if (number.precision() - number.scale() > 18) {
            return Optional.empty();
        }
        var plain = number.stripTrailingZeros();
        return Optional.of(
                "n" + (plain.scale() <= 0 ? plain.toBigInteger().toString() : Double.toString(number.doubleValue())));
    }
}
