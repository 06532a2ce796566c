package dev.millrace.manifest;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A place in a text that {@link JsonScanner} has let pass, and ways to move on from it. For one thread. */
final class JsonCursor {
    private final byte[] in;
    private int at;

    JsonCursor(byte[] in) {
        this.in = in;
        space();
    }

    int at() {
        return at;
    }

    void moveTo(int offset) {
        at = offset;
    }

    byte here() {
        return in[at];
    }

    byte at(int offset) {
        return in[offset];
    }

    int length() {
        return in.length;
    }

    /** Moves behind the value that begins here. */
    void skip() {
        switch (in[at]) {
            case '"' -> skipString();
            case '{', '[' -> skipContainer();
            default -> {
                while (at < in.length && !endsScalar(in[at])) {
                    at++;
                }
            }
        }
    }

    private static boolean endsScalar(byte b) {
        return b <= ' ' || b == ',' || b == ']' || b == '}';
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

    /** Goes into the array or object that begins here. Returns whether there is something in it. */
    boolean enter() {
        byte closing = (byte) (in[at] + 2); // as it happens, for both brackets
        at++;
        space();
        return in[at] != closing;
    }

    /** After an element: goes to the next one, or behind the bracket. Returns whether there is a next one. */
    boolean next() {
        space();
        boolean more = in[at++] == ',';
        if (more) {
            space();
        }
        return more;
    }

    /** Moves from behind a member's name to its value. */
    void toValue() {
        space();
        at++;
        space();
    }

    /** Reads the string that begins here, and moves behind it. */
    String string() {
        int start = at + 1;
        skipString();
        return JsonBuilder.text(in, start, at - 1);
    }

    /** What stands between the quotes of a string. */
    String string(int start, int end) {
        return JsonBuilder.text(in, start, end);
    }

    /** Whether these bytes stand there. */
    boolean is(byte[] bytes, int start, int end) {
        return bytes.length == end - start
                && (bytes.length == 0 || bytes[0] == in[start])
                && Arrays.equals(bytes, 0, bytes.length, in, start, end);
    }

    /** Whether a string between these quotes is written with escapes. */
    boolean hasEscape(int start, int end) {
        for (int i = start; i < end; i++) {
            if (in[i] == '\\') {
                return true;
            }
        }
        return false;
    }

    /** The text of a value, cut where people would stop reading. */
    String show(int start, int end) {
        int length = end - start;
        return new String(in, start, Math.min(length, 60), StandardCharsets.UTF_8) + (length > 60 ? "..." : "");
    }

    /** The value of a whole number that is sure to fit. */
    long wholeNumber(int start, int end) {
        boolean negative = in[start] == '-';
        long number = 0;
        for (int i = negative ? start + 1 : start; i < end; i++) {
            number = number * 10 + (in[i] - '0');
        }
        return negative ? -number : number;
    }

    /** The text of a number. */
    String digits(int start, int end) {
        return new String(in, start, end - start, StandardCharsets.ISO_8859_1);
    }

    /** The value between two places. */
    JsonValue value(int start, int end) {
        return new JsonBuilder(Arrays.copyOfRange(in, start, end)).build();
    }

    private void space() {
        while (at < in.length && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }
}
