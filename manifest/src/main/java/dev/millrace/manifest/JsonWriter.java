package dev.millrace.manifest;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;

/** Writes values as text: compact, canonical or for people. The same value always gives the same text. */
final class JsonWriter {

    /** How a text looks. */
    enum Form {
        /** No space, members in their order, numbers as they were written. */
        COMPACT,
        /** No space, members sorted, equal numbers equal. */
        CANONICAL,
        /** Two spaces for each level. */
        PRETTY
    }

    /** Whole numbers of so many digits are a {@code long} for certain, which is written much faster. */
    private static final int LONG_DIGITS = 18;

    private final Form form;
    private final StringBuilder out = new StringBuilder();
    private int level;

    JsonWriter(Form form) {
        this.form = form;
    }

    String write(JsonValue value) {
        append(value);
        return out.toString();
    }

    private void append(JsonValue value) {
        if (value instanceof JsonValue.Object object) {
            append(object);
        } else if (value instanceof JsonValue.Array array) {
            append(array);
        } else if (value instanceof JsonValue.Text text) {
            quote(text.value(), out);
        } else if (value instanceof JsonValue.Number number) {
            out.append(
                    form == Form.CANONICAL
                            ? canonical(number.value())
                            : number.value().toString());
        } else if (value instanceof JsonValue.Bool bool) {
            out.append(bool.value());
        } else {
            out.append("null");
        }
    }

    private void append(JsonValue.Object object) {
        out.append('{');
        level++;
        boolean first = true;
        for (var member : ordered(object.members())) {
            separate(first);
            first = false;
            quote(member.getKey(), out);
            out.append(form == Form.PRETTY ? ": " : ":");
            append(member.getValue());
        }
        level--;
        close(first, '}');
    }

    private void append(JsonValue.Array array) {
        out.append('[');
        level++;
        boolean first = true;
        for (var item : array.items()) {
            separate(first);
            first = false;
            append(item);
        }
        level--;
        close(first, ']');
    }

    private Iterable<Map.Entry<String, JsonValue>> ordered(Map<String, JsonValue> members) {
        return (form == Form.CANONICAL ? new TreeMap<>(members) : members).entrySet();
    }

    private void separate(boolean first) {
        if (!first) {
            out.append(',');
        }
        newLine();
    }

    private void close(boolean empty, char bracket) {
        if (!empty) {
            newLine();
        }
        out.append(bracket);
    }

    private void newLine() {
        if (form == Form.PRETTY) {
            out.append('\n').append("  ".repeat(level));
        }
    }

    /** One text per number: no zeros that say nothing, plain digits where that takes at most 21 of them. */
    private static String canonical(BigDecimal number) {
        if (number.signum() == 0) {
            return "0";
        }
        if (number.scale() == 0 && number.precision() <= LONG_DIGITS) {
            return Long.toString(number.longValue());
        }
        var stripped = number.stripTrailingZeros();
        long magnitude = (long) stripped.precision() - stripped.scale();
        return magnitude > -6 && magnitude <= 21 ? stripped.toPlainString() : stripped.toString();
    }

    static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || loneSurrogate(text, i)) {
                        // A lone surrogate has no UTF-8; as an escape the reader refuses it by name instead of finding
                        // '?'.
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean loneSurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }
}
