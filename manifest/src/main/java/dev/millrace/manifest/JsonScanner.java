package dev.millrace.manifest;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One pass over a JSON text that refuses whatever breaks a rule, and keeps nothing. Every payload passes here at the
 * server's door, so the ordinary case allocates a few small arrays and looks at most bytes eight at a time; paths and
 * sentences are made only for an error. Long because the loop and what
 * it calls for each byte stay together. Not safe for use by many threads; one scanner checks one text.
 */
final class JsonScanner {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    /** Unknown to those who send texts, so that nobody can make the names of one object collide. */
    private static final long SEED = ThreadLocalRandom.current().nextLong() | 1;

    /** Up to so many members of an object are compared one by one; more are looked up in a table. */
    private static final int FEW = 12;

    private final byte[] in;
    private final JsonLimits limits;
    private int at;

    private static final int NO_NAME_YET = Integer.MIN_VALUE;

    // Where we are: for each open container the index of the current element, or -1 - (number of the current name).
    private int[] place = new int[8];
    private int depth;

    // The names of all open objects, innermost last: where they stand in the text, and a hash of what they mean.
    private int[] nameStart = new int[16];
    private int[] nameEnd = new int[16];
    private long[] nameHash = new long[16];
    private int names;

    JsonScanner(byte[] in, JsonLimits limits) {
        this.in = in;
        this.limits = limits;
    }

    /** Checks the whole text. */
    void check() {
        begin();
        value();
        end();
    }

    /** Checks the whole text, which must be an array, and says where its elements start and end. */
    int[] elements() {
        begin();
        if (at >= in.length || in[at] != '[') {
            throw error("NOT_AN_ARRAY", at, "An array is needed here, but the JSON is " + describe(at) + ".");
        }
        int[] offsets = new int[16];
        int count = 0;
        open(0);
        at++;
        space();
        if (peek() == ']') {
            at++;
        } else {
            for (int index = 0; ; index++) {
                place[depth - 1] = index;
                if (count == offsets.length) {
                    offsets = Arrays.copyOf(offsets, count * 2);
                }
                offsets[count++] = at;
                value();
                offsets[count++] = at;
                if (!more(']')) {
                    break;
                }
            }
        }
        depth--;
        end();
        return Arrays.copyOf(offsets, count);
    }

    private void begin() {
        if (in.length >= 3 && in[0] == (byte) 0xEF && in[1] == (byte) 0xBB && in[2] == (byte) 0xBF) {
            throw error("INVALID_JSON", 0, "The JSON begins with a byte order mark; send it without.");
        }
        space();
    }

    private void end() {
        space();
        if (at < in.length) {
            throw error("INVALID_JSON", at, "The JSON ended before byte " + at + ", but " + describe(at) + " follows.");
        }
    }

    private void value() {
        switch (peek()) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> {
                at++;
                string();
            }
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw expected("a value");
        }
    }

    private void array() {
        open(0);
        at++;
        space();
        if (peek() == ']') {
            at++;
        } else {
            int index = 0;
            do {
                place[depth - 1] = index++;
                value();
            } while (more(']'));
        }
        depth--;
    }

    private void object() {
        open(NO_NAME_YET);
        int firstName = names;
        long[] table = null;
        at++;
        space();
        if (peek() == '}') {
            at++;
        } else {
            do {
                table = name(firstName, table);
                space();
                if (peek() != ':') {
                    throw expected("':'");
                }
                at++;
                space();
                value();
            } while (more('}'));
        }
        names = firstName;
        depth--;
    }

    /** Reads a member's name and refuses one that the object has already. */
    private long[] name(int firstName, long[] table) {
        if (peek() != '"') {
            throw expected("a member's name in quotes");
        }
        int start = ++at;
        boolean escaped = string();
        int end = at - 1;
        if (end - start > limits.keyBytes()) {
            throw error(
                    "KEY_TOO_LONG",
                    start,
                    "A member's name may have " + limits.keyBytes() + " bytes, but the one at byte " + start + " (in "
                            + path() + ") has " + (end - start) + ".");
        }
        if (names == nameStart.length) {
            nameStart = Arrays.copyOf(nameStart, names * 2);
            nameEnd = Arrays.copyOf(nameEnd, names * 2);
            nameHash = Arrays.copyOf(nameHash, names * 2);
        }
        long hash = escaped ? hash(decoded(start, end)) : hash(in, start, end);
        int name = names;
        nameStart[name] = start;
        nameEnd[name] = end;
        nameHash[name] = hash;
        names++;
        place[depth - 1] = -1 - name;
        if (name - firstName < FEW) {
            for (int other = firstName; other < name; other++) {
                if (nameHash[other] == hash) {
                    refuseTwin(other, name);
                }
            }
            return table;
        }
        return remember(firstName, name, table);
    }

    /** A table of (number of the name + 1), found by hash with linear probing; at most half full. */
    private long[] remember(int firstName, int name, long[] table) {
        int count = name - firstName + 1;
        if (table == null || count * 2 > table.length) {
            table = new long[Integer.highestOneBit(Math.max(count, FEW)) * 4];
            for (int other = firstName; other < name; other++) {
                table[slot(other, table)] = other + 1L;
            }
        }
        table[slot(name, table)] = name + 1L;
        return table;
    }

    private int slot(int name, long[] table) {
        long hash = nameHash[name];
        int mask = table.length - 1;
        int slot = (int) (hash >>> 32) & mask;
        while (table[slot] != 0) {
            int other = (int) table[slot] - 1;
            if (nameHash[other] == hash) {
                refuseTwin(other, name);
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void refuseTwin(int other, int name) {
        String first = decoded(nameStart[other], nameEnd[other]);
        if (first.equals(decoded(nameStart[name], nameEnd[name]))) {
            throw error(
                    "DUPLICATE_KEY",
                    nameStart[name],
                    "The member " + path() + " is there twice: at byte " + nameStart[other] + " and at byte "
                            + nameStart[name] + ".");
        }
    }

    private static long hash(byte[] bytes, int start, int end) {
        long hash = end - start;
        for (int i = start; i < end; i++) {
            hash = (hash + bytes[i]) * SEED;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    private static long hash(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return hash(bytes, 0, bytes.length);
    }

    /** What a name that has passed {@link #string()} means. */
    private String decoded(int start, int end) {
        return JsonBuilder.text(in, start, end);
    }

    /** Reads a string, its opening quote already read; returns whether there were escapes. */
    private boolean string() {
        boolean escaped = false;
        while (true) {
            skipPlain();
            if (at >= in.length) {
                throw error("INVALID_JSON", at, "The JSON ends at byte " + at + " inside a string (" + path() + ").");
            }
            int b = in[at];
            if (b == '"') {
                at++;
                return escaped;
            } else if (b == '\\') {
                escaped = true;
                escape();
            } else if (b >= 0) {
                throw error(
                        "INVALID_JSON",
                        at,
                        "The control character U+%04X at byte %d (%s) must be written as an escape."
                                .formatted(b, at, path()));
            } else {
                multibyte();
            }
        }
    }

    /** Moves to the next byte that is not a plain ASCII character of a string. */
    private void skipPlain() {
        while (at + 8 <= in.length) {
            long word = (long) LONGS.get(in, at);
            long quotes = word ^ (ONES * '"');
            long slashes = word ^ (ONES * '\\');
            long special = (word // not ASCII
                            | (word - ONES * 0x20) // a control character
                            | (quotes - ONES) & ~quotes
                            | (slashes - ONES) & ~slashes)
                    & HIGH_BITS;
            if (special != 0) {
                // The lowest mark is exact; those above it may be carries.
                at += Long.numberOfTrailingZeros(special) >>> 3;
                return;
            }
            at += 8;
        }
        while (at < in.length && in[at] >= 0x20 && in[at] != '"' && in[at] != '\\') {
            at++;
        }
    }

    private void escape() {
        int start = at++;
        if (at >= in.length) {
            throw expected("an escape");
        }
        switch (in[at]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at++;
            case 'u' -> {
                at++;
                int unit = hex(start);
                if (unit == 0) {
                    throw error(
                            "UNSUPPORTED_CHARACTER",
                            start,
                            "The character U+0000 at byte " + start + " (" + path() + ") cannot be stored.");
                }
                if (unit >= 0xD800 && unit < 0xE000) {
                    surrogates(start, unit);
                }
            }
            default ->
                throw error(
                        "INVALID_JSON",
                        start,
                        "There is no escape like the one at byte " + start + " (" + path() + ").");
        }
    }

    private void surrogates(int start, int unit) {
        if (unit < 0xDC00 && at + 1 < in.length && in[at] == '\\' && in[at + 1] == 'u') {
            at += 2;
            int low = hex(start);
            if (low >= 0xDC00 && low < 0xE000) {
                return;
            }
        }
        throw error(
                "UNSUPPORTED_CHARACTER",
                start,
                "U+%04X at byte %d (%s) is half of a surrogate pair; alone it is no character and cannot be stored."
                        .formatted(unit, start, path()));
    }

    private int hex(int start) {
        int unit = 0;
        for (int i = 0; i < 4; i++, at++) {
            int digit = at < in.length ? Character.digit(in[at], 16) : -1;
            if (digit < 0) {
                throw error(
                        "INVALID_JSON",
                        start,
                        "The escape at byte " + start + " (" + path() + ") needs four hexadecimal digits.");
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    /** One character of two to four bytes. Overlong forms, surrogates and what lies over U+10FFFF are no UTF-8. */
    private void multibyte() {
        int first = in[at] & 0xFF;
        int length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
        boolean valid = length > 0 && at + length <= in.length;
        for (int i = 1; valid && i < length; i++) {
            valid = (in[at + i] & 0xC0) == 0x80;
        }
        if (valid && length > 2) {
            int second = in[at + 1] & 0xFF;
            valid = switch (first) {
                case 0xE0 -> second >= 0xA0;
                case 0xED -> second < 0xA0;
                case 0xF0 -> second >= 0x90;
                case 0xF4 -> second < 0x90;
                default -> true;
            };
        }
        if (!valid) {
            throw error("INVALID_JSON", at, "The bytes from byte " + at + " on (" + path() + ") are not valid UTF-8.");
        }
        at += length;
    }

    private void number() {
        int start = at;
        if (in[at] == '-') {
            at++;
        }
        int digits;
        if (at < in.length && in[at] == '0') {
            at++;
            digits = 1;
            if (at < in.length && in[at] >= '0' && in[at] <= '9') {
                throw error(
                        "INVALID_JSON",
                        start,
                        "The number at byte " + start + " (" + path() + ") must not begin with a zero.");
            }
        } else {
            digits = digits(start);
        }
        if (at < in.length && in[at] == '.') {
            at++;
            digits += digits(start);
        }
        if (digits > limits.digits()) {
            throw error(
                    "NUMBER_OUT_OF_RANGE",
                    start,
                    "A number may have " + limits.digits() + " digits, but " + path() + " at byte " + start + " has "
                            + digits + ".");
        }
        if (at < in.length && (in[at] | 0x20) == 'e') {
            at++;
            if (at < in.length && (in[at] == '+' || in[at] == '-')) {
                at++;
            }
            exponent(start);
        }
    }

    private int digits(int start) {
        int first = at;
        while (at < in.length && in[at] >= '0' && in[at] <= '9') {
            at++;
        }
        if (at == first) {
            throw error(
                    "INVALID_JSON",
                    at,
                    "The number at byte " + start + " (" + path() + ") needs a digit at byte " + at + ".");
        }
        return at - first;
    }

    private void exponent(int start) {
        int first = at;
        digits(start);
        int exponent = 0;
        for (int i = first; i < at; i++) {
            exponent = Math.min(exponent * 10 + in[i] - '0', 1_000_000);
        }
        if (exponent > limits.exponent()) {
            throw error(
                    "NUMBER_OUT_OF_RANGE",
                    start,
                    "The exponent of a number may be " + limits.exponent() + " at most, but that of " + path()
                            + " at byte " + start + " is larger.");
        }
    }

    private void literal(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= in.length || in[at + i] != word.charAt(i)) {
                throw expected("a value");
            }
        }
        at += word.length();
    }

    /** After an element: whether another one follows; reads the comma or the closing bracket. */
    private boolean more(char closing) {
        space();
        int b = peek();
        if (b == closing) {
            at++;
            return false;
        }
        if (b != ',') {
            throw expected("',' or '" + closing + "'");
        }
        at++;
        space();
        return true;
    }

    private void open(int firstPlace) {
        if (depth == limits.depth()) {
            throw error(
                    "TOO_DEEP",
                    at,
                    "Arrays and objects may be nested " + limits.depth() + " deep, but go deeper at byte " + at + " ("
                            + path() + ").");
        }
        if (depth == place.length) {
            place = Arrays.copyOf(place, depth * 2);
        }
        place[depth++] = firstPlace;
    }

    private void space() {
        while (at < in.length
                && in[at] <= ' '
                && (in[at] == ' ' || in[at] == '\n' || in[at] == '\r' || in[at] == '\t')) {
            at++;
        }
    }

    private int peek() {
        return at < in.length ? in[at] : -1;
    }

    private InvalidJsonException expected(String what) {
        return error(
                "INVALID_JSON",
                Math.min(at, in.length),
                "The JSON needs " + what + " at byte " + Math.min(at, in.length) + " (" + path() + "), but "
                        + describe(at) + " is there.");
    }

    private String describe(int offset) {
        if (offset >= in.length) {
            return in.length == 0 ? "nothing" : "its end";
        }
        int b = in[offset];
        return b > ' ' && b < 0x7F ? "'" + (char) b + "'" : "the byte 0x%02X".formatted(b & 0xFF);
    }

    private InvalidJsonException error(String code, int offset, String sentence) {
        return new InvalidJsonException(code, offset, path(), sentence);
    }

    private String path() {
        var path = new JsonPath();
        for (int i = 0; i < depth; i++) {
            if (place[i] >= 0) {
                path.push(place[i]);
            } else if (place[i] != NO_NAME_YET) {
                int name = -1 - place[i];
                path.push(decoded(nameStart[name], nameEnd[name]));
            }
        }
        return path.toString();
    }
}
