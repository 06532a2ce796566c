package dev.millrace.manifest;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value as data. Objects keep the order of their members. {@link Json} reads and writes it; equality is by content,
 * with the order of members ignored.
 */
public sealed interface JsonValue {
    JsonValue NULL = new Null();
    JsonValue TRUE = new Bool(true);
    JsonValue FALSE = new Bool(false);

    /** The literal {@code null}. */
    record Null() implements JsonValue {}

    /** {@code true} or {@code false}. */
    record Bool(boolean value) implements JsonValue {}

    /** A number, exact as written. */
    record Number(BigDecimal value) implements JsonValue {}

    /** A string. */
    record Text(String value) implements JsonValue {}

    /** An array. */
    record Array(List<JsonValue> items) implements JsonValue {
        public Array {
            items = List.copyOf(items);
        }
    }

    /** An object; its members keep their order. */
    record Object(Map<String, JsonValue> members) implements JsonValue {
        public Object {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }
    }

    static JsonValue of(String text) {
        return new Text(text);
    }

    static JsonValue of(long number) {
        return new Number(BigDecimal.valueOf(number));
    }

    static JsonValue of(boolean value) {
        return value ? TRUE : FALSE;
    }
}
