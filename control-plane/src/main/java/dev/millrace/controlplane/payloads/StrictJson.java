package dev.millrace.controlplane.payloads;

import dev.millrace.controlplane.errors.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * Checks that bytes are one JSON value (RFC 8259) in UTF-8 that every reader understands alike and every store keeps: no
 * duplicate keys, no U+0000, no lone surrogates, bounded depth, numbers of bounded length. What is merely legal JSON but means
 * different things to different libraries is refused here, once, instead of failing later in a worker.
 *
 * <p>It works on the bytes and builds nothing, because every start and every result passes through it. One instance checks one
 * value; not safe for use by several threads.
 */
final class StrictJson {
    static final int MAX_DEPTH = 64;
    static final int MAX_DIGITS = 40;
    static final int MAX_KEY_BYTES = 256;
    static final int MAX_KEYS = 10_000;
    /** What a {@code double} can have; so is {@link #MIN_EXPONENT}. */
    static final int MAX_EXPONENT = 308;

    static final int MIN_EXPONENT = -324;

    /** Up to here the keys of an object are compared one by one; above, by a set. */
    private static final int FEW_KEYS = 24;

    private static final int NO_KEY_YET = Integer.MIN_VALUE;

    private final byte[] json;
    private final int end;
    private int at;

    // The open containers, for paths: where the newest key of an object starts, or the complement of the index in an
    // array.
    private final int[] place = new int[MAX_DEPTH];
    private int depth;

    // Keys of the open objects, one after the other: start, end and hash of each.
    private int[] keys = new int[3 * 32];
    private int keyCount;

    private StrictJson(byte[] json, int from, int end) {
        this.json = json;
        this.at = from;
        this.end = end;
    }

    /** Checks that the bytes are exactly one value. */
    static void check(byte[] json) throws BadJsonException {
        var check = new StrictJson(json, 0, json.length);
        if (json.length >= 3 && json[0] == (byte) 0xEF && json[1] == (byte) 0xBB && json[2] == (byte) 0xBF) {
            throw check.bad(ErrorCode.INVALID_JSON, 0, "a byte order mark; send the JSON without it");
        }
        check.space();
        check.value();
        check.space();
        if (check.at < check.end) {
            throw check.bad(ErrorCode.INVALID_JSON, check.at, "more after the end of the value; send one value");
        }
    }

    /** Where the value ends that starts at {@code from}, in bytes that have been checked. */
    static int endOf(byte[] checked, int from) {
        var skip = new StrictJson(checked, from, checked.length);
        try {
            skip.value();
        } catch (BadJsonException e) {
            throw new IllegalStateException("Checked JSON turned out bad at byte " + e.offset() + ".", e);
        }
        return skip.at;
    }

    private void value() throws BadJsonException {
        if (at == end) {
            throw bad(ErrorCode.INVALID_JSON, at, "the end where a value should be");
        }
        switch (json[at]) {
            case '{' -> object();
            case '[' -> array();
            case '"' -> string();
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            default -> throw bad(ErrorCode.INVALID_JSON, at, shown(at) + " where a value should be");
        }
    }

    private void object() throws BadJsonException {
        open(NO_KEY_YET);
        int firstKey = keyCount;
        Set<String> many = null;
        at++;
        space();
        if (at < end && json[at] == '}') {
            at++;
            close(firstKey);
            return;
        }
        while (true) {
            if (at == end || json[at] != '"') {
                throw bad(ErrorCode.INVALID_JSON, at, shown(at) + " where a key in quotes should be");
            }
            int start = at;
            place[depth - 1] = NO_KEY_YET;
            int hash = string();
            place[depth - 1] = start;
            if (at - start - 2 > MAX_KEY_BYTES) {
                throw bad(
                        ErrorCode.KEY_TOO_LONG,
                        start,
                        "a key of " + (at - start - 2) + " bytes; the limit is " + MAX_KEY_BYTES);
            }
            int own = keyCount - firstKey;
            if (own == MAX_KEYS) {
                throw bad(ErrorCode.TOO_MANY_KEYS, start, "more than " + MAX_KEYS + " keys in one object");
            }
            boolean duplicate;
            if (own < FEW_KEYS) {
                duplicate = isAmong(firstKey, start, hash);
            } else {
                if (many == null) {
                    many = textsFrom(firstKey);
                }
                duplicate = !many.add(text(start, at));
            }
            if (duplicate) {
                throw bad(ErrorCode.DUPLICATE_KEY, start, "the key " + shownKey(start) + " for the second time");
            }
            remember(start, at, hash);
            space();
            if (at == end || json[at] != ':') {
                throw bad(ErrorCode.INVALID_JSON, at, shown(at) + " where ':' should be");
            }
            at++;
            space();
            value();
            space();
            if (at < end && json[at] == ',') {
                at++;
                space();
            } else if (at < end && json[at] == '}') {
                at++;
                close(firstKey);
                return;
            } else {
                throw bad(ErrorCode.INVALID_JSON, at, shown(at) + " where ',' or '}' should be");
            }
        }
    }

    private void array() throws BadJsonException {
        open(~0);
        int firstKey = keyCount;
        at++;
        space();
        if (at < end && json[at] == ']') {
            at++;
            close(firstKey);
            return;
        }
        for (int index = 0; ; index++) {
            place[depth - 1] = ~index;
            value();
            space();
            if (at < end && json[at] == ',') {
                at++;
                space();
            } else if (at < end && json[at] == ']') {
                at++;
                close(firstKey);
                return;
            } else {
                throw bad(ErrorCode.INVALID_JSON, at, shown(at) + " where ',' or ']' should be");
            }
        }
    }

    private void open(int firstPlace) throws BadJsonException {
        if (depth == MAX_DEPTH) {
            throw bad(ErrorCode.TOO_DEEP, at, "more than " + MAX_DEPTH + " levels of objects and arrays");
        }
        place[depth++] = firstPlace;
    }

    private void close(int firstKey) {
        depth--;
        keyCount = firstKey;
    }

    private void literal(String word) throws BadJsonException {
        for (int i = 0; i < word.length(); i++) {
            if (at + i >= end || json[at + i] != word.charAt(i)) {
                throw bad(ErrorCode.INVALID_JSON, at, "something that starts like " + word + " and is not");
            }
        }
        at += word.length();
    }

    private void number() throws BadJsonException {
        int start = at;
        int digits = 0;
        if (json[at] == '-') {
            at++;
        }
        if (at < end && json[at] == '0') {
            at++;
            digits++;
            if (at < end && isDigit(json[at])) {
                throw bad(ErrorCode.INVALID_JSON, start, "a number with a leading zero");
            }
        } else {
            digits += digits("a number");
        }
        if (at < end && json[at] == '.') {
            at++;
            digits += digits("a fraction");
        }
        if (digits > MAX_DIGITS) {
            throw bad(
                    ErrorCode.NUMBER_OUT_OF_RANGE,
                    start,
                    "a number of " + digits + " digits; the limit is " + MAX_DIGITS + ", send it as a string");
        }
        if (at < end && (json[at] == 'e' || json[at] == 'E')) {
            at++;
            boolean negative = at < end && json[at] == '-';
            if (at < end && (json[at] == '-' || json[at] == '+')) {
                at++;
            }
            int from = at;
            digits("an exponent");
            while (from < at - 1 && json[from] == '0') {
                from++;
            }
            int exponent = 0;
            for (int i = from; i < at && exponent <= -MIN_EXPONENT; i++) {
                exponent = exponent * 10 + (json[i] - '0');
            }
            if (exponent > (negative ? -MIN_EXPONENT : MAX_EXPONENT)) {
                throw bad(
                        ErrorCode.NUMBER_OUT_OF_RANGE,
                        start,
                        "a number with an exponent outside " + MIN_EXPONENT + " to " + MAX_EXPONENT
                                + "; send it as a string");
            }
        }
    }

    private int digits(String what) throws BadJsonException {
        int from = at;
        while (at < end && isDigit(json[at])) {
            at++;
        }
        if (at == from) {
            throw bad(ErrorCode.INVALID_JSON, at, shown(at) + " where a digit of " + what + " should be");
        }
        return at - from;
    }

    /** Passes a string and gives a hash of its characters that does not depend on how they are escaped. */
    private int string() throws BadJsonException {
        at++;
        int hash = 0;
        while (true) {
            if (at >= end) {
                throw bad(ErrorCode.INVALID_JSON, end, "the end inside a string");
            }
            int b = json[at];
            if (b >= 0) {
                if (b == '"') {
                    at++;
                    return hash;
                }
                if (b == '\\') {
                    hash = escape(hash);
                } else if (b >= 0x20) {
                    hash = 31 * hash + b;
                    at++;
                } else {
                    throw bad(ErrorCode.INVALID_JSON, at, shown(at) + " inside a string; escape it");
                }
            } else {
                hash = multibyte(hash, b & 0xFF);
            }
        }
    }

    private int escape(int hash) throws BadJsonException {
        int start = at;
        at++;
        int escaped = at < end ? json[at] : -1;
        switch (escaped) {
            case '"', '\\', '/' -> {
                at++;
                return 31 * hash + escaped;
            }
            case 'b' -> {
                at++;
                return 31 * hash + '\b';
            }
            case 'f' -> {
                at++;
                return 31 * hash + '\f';
            }
            case 'n' -> {
                at++;
                return 31 * hash + '\n';
            }
            case 'r' -> {
                at++;
                return 31 * hash + '\r';
            }
            case 't' -> {
                at++;
                return 31 * hash + '\t';
            }
            case 'u' -> {
                at++;
                char unit = hex(start);
                if (unit == 0) {
                    throw bad(ErrorCode.UNSUPPORTED_CHARACTER, start, "U+0000, which cannot be stored; leave it out");
                }
                hash = 31 * hash + unit;
                if (Character.isLowSurrogate(unit)) {
                    throw loneSurrogate(start);
                }
                if (Character.isHighSurrogate(unit)) {
                    if (at + 1 >= end || json[at] != '\\' || json[at + 1] != 'u') {
                        throw loneSurrogate(start);
                    }
                    at += 2;
                    char low = hex(start);
                    if (!Character.isLowSurrogate(low)) {
                        throw loneSurrogate(start);
                    }
                    hash = 31 * hash + low;
                }
                return hash;
            }
            default -> throw bad(ErrorCode.INVALID_JSON, start, "an escape that JSON does not have");
        }
    }

    private BadJsonException loneSurrogate(int start) {
        return bad(
                ErrorCode.UNSUPPORTED_CHARACTER,
                start,
                "half of a surrogate pair, which is no character; send both halves or neither");
    }

    private char hex(int start) throws BadJsonException {
        int unit = 0;
        for (int i = 0; i < 4; i++, at++) {
            int digit = at < end ? Character.digit(json[at], 16) : -1;
            if (digit < 0) {
                throw bad(ErrorCode.INVALID_JSON, start, "an escape without four hexadecimal digits");
            }
            unit = unit << 4 | digit;
        }
        return (char) unit;
    }

    /** Passes one character of two to four bytes: shortest form only, no surrogates, nothing above U+10FFFF. */
    private int multibyte(int hash, int first) throws BadJsonException {
        int length = first >= 0xC2 && first <= 0xDF
                ? 2
                : (first & 0xF0) == 0xE0 ? 3 : first >= 0xF0 && first <= 0xF4 ? 4 : 0;
        if (length == 0 || at + length > end) {
            throw notUtf8();
        }
        int character = first & (0xFF >> (length + 1));
        for (int i = 1; i < length; i++) {
            int next = json[at + i] & 0xFF;
            if ((next & 0xC0) != 0x80) {
                throw notUtf8();
            }
            character = character << 6 | next & 0x3F;
        }
        if (length == 3 && (character < 0x800 || character >= 0xD800 && character <= 0xDFFF)
                || length == 4 && (character < 0x10000 || character > 0x10FFFF)) {
            throw notUtf8();
        }
        at += length;
        if (character < 0x10000) {
            return 31 * hash + character;
        }
        return 31 * (31 * hash + Character.highSurrogate(character)) + Character.lowSurrogate(character);
    }

    private BadJsonException notUtf8() {
        return bad(ErrorCode.INVALID_JSON, at, "bytes that are not UTF-8");
    }

    private void space() {
        while (at < end) {
            byte b = json[at];
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return;
            }
            at++;
        }
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private boolean isAmong(int firstKey, int start, int hash) {
        for (int i = firstKey; i < keyCount; i++) {
            if (keys[3 * i + 2] == hash
                    && (Arrays.equals(json, keys[3 * i], keys[3 * i + 1], json, start, at)
                            || text(keys[3 * i], keys[3 * i + 1]).equals(text(start, at)))) {
                return true;
            }
        }
        return false;
    }

    private Set<String> textsFrom(int firstKey) {
        var texts = new HashSet<String>();
        for (int i = firstKey; i < keyCount; i++) {
            texts.add(text(keys[3 * i], keys[3 * i + 1]));
        }
        return texts;
    }

    private void remember(int start, int stop, int hash) {
        if (3 * keyCount == keys.length) {
            keys = Arrays.copyOf(keys, 2 * keys.length);
        }
        keys[3 * keyCount] = start;
        keys[3 * keyCount + 1] = stop;
        keys[3 * keyCount + 2] = hash;
        keyCount++;
    }

    /** The characters of a string that has been passed, from its opening quote to after its closing one. */
    private String text(int start, int stop) {
        return unescaped(json, start, stop);
    }

    /** The characters of a checked string, from its opening quote to after its closing one. */
    static String unescaped(byte[] json, int start, int stop) {
        var raw = new String(json, start + 1, stop - start - 2, StandardCharsets.UTF_8);
        if (raw.indexOf('\\') < 0) {
            return raw;
        }
        var text = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            c = raw.charAt(++i);
            switch (c) {
                case 'b' -> text.append('\b');
                case 'f' -> text.append('\f');
                case 'n' -> text.append('\n');
                case 'r' -> text.append('\r');
                case 't' -> text.append('\t');
                case 'u' -> {
                    text.append((char) Integer.parseInt(raw.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> text.append(c);
            }
        }
        return text.toString();
    }

    private String shown(int index) {
        if (index >= end) {
            return "the end";
        }
        int b = json[index] & 0xFF;
        return b > 0x20 && b < 0x7F ? "'" + (char) b + "'" : String.format("byte 0x%02X", b);
    }

    private String shownKey(int start) {
        var key = text(start, at);
        return '"' + (key.length() > 64 ? key.substring(0, 64) + "…" : key) + '"';
    }

    private BadJsonException bad(ErrorCode code, int offset, String found) {
        var path = path();
        var what = code == ErrorCode.INVALID_JSON ? "Not JSON at byte " : "Cannot be stored, at byte ";
        return new BadJsonException(code, offset, path, what + offset + " (" + path + "): " + found + ".");
    }

    private String path() {
        var path = new StringBuilder("$");
        for (int i = 0; i < depth; i++) {
            if (place[i] >= 0) {
                var key = text(place[i], endOfString(place[i]));
                path.append('.').append(key.length() > 64 ? key.substring(0, 64) + "…" : key);
            } else if (place[i] != NO_KEY_YET) {
                path.append('[').append(~place[i]).append(']');
            }
        }
        return path.toString();
    }

    private int endOfString(int start) {
        int i = start + 1;
        while (json[i] != '"') {
            i += json[i] == '\\' ? 2 : 1;
        }
        return i + 1;
    }
}
