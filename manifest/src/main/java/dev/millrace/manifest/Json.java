package dev.millrace.manifest;

import java.nio.charset.StandardCharsets;

/**
 * Reads, checks and writes JSON, without a library: the compiler plug-in, the worker and the server share it. What it
 * accepts is RFC 8259 without its loopholes: UTF-8 without a byte order mark, one value and nothing after it, no member
 * twice, nothing that PostgreSQL, Java or JavaScript would store as something else. {@link InvalidJsonException} lists the
 * refusals. Stateless; safe for use by many threads.
 */
public final class Json {

    private Json() {}

    /**
     * Reads a value.
     *
     * @param utf8 the whole text
     * @throws InvalidJsonException if it is not acceptable JSON
     */
    public static JsonValue read(byte[] utf8) {
        return read(utf8, JsonLimits.DEFAULT);
    }

    /**
     * Reads a value.
     *
     * @param utf8 the whole text
     * @param limits what it may contain
     * @throws InvalidJsonException if it is not acceptable JSON
     */
    public static JsonValue read(byte[] utf8, JsonLimits limits) {
        check(utf8, limits);
        return new JsonBuilder(utf8).build();
    }

    /**
     * Reads a value. Offsets in errors count the bytes of its UTF-8 form.
     *
     * @throws InvalidJsonException if it is not acceptable JSON
     */
    public static JsonValue read(String text) {
        return read(utf8(text));
    }

    private static byte[] utf8(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < text.length(); i++) {
            int character = text.codePointAt(i);
            if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                int offset = text.substring(0, i).getBytes(StandardCharsets.UTF_8).length;
                throw new InvalidJsonException(
                        "UNSUPPORTED_CHARACTER",
                        offset,
                        "$",
                        "U+%04X at character %d is half of a surrogate pair; alone it is no character and cannot be stored."
                                .formatted(character, i));
            }
            i += Character.charCount(character) - 1;
        }
        return utf8;
    }

    /**
     * Checks a text by the rules of {@link #read(byte[])} without building the value; several times faster.
     *
     * @throws InvalidJsonException if it is not acceptable JSON
     */
    public static void check(byte[] utf8) {
        check(utf8, JsonLimits.DEFAULT);
    }

    /**
     * Checks a text by the rules of {@link #read(byte[], JsonLimits)} without building the value.
     *
     * @throws InvalidJsonException if it is not acceptable JSON
     */
    public static void check(byte[] utf8, JsonLimits limits) {
        new JsonScanner(utf8, limits).check();
    }

    /**
     * Checks a text that must be an array, and finds its elements.
     *
     * @return for the n-th element its first byte at {@code 2n} and the byte after its last at {@code 2n + 1}; without the
     *     space around it
     * @throws InvalidJsonException if it is not acceptable JSON, or {@code NOT_AN_ARRAY}
     */
    public static int[] elements(byte[] utf8) {
        return new JsonScanner(utf8, JsonLimits.DEFAULT).elements();
    }

    /** Writes a value without any space, its members in their order. */
    public static String write(JsonValue value) {
        return new JsonWriter(JsonWriter.Form.COMPACT).write(value);
    }

    /**
     * Writes a value in the one form that all equal values share, for hashing: members sorted by name, no space, numbers
     * without digits that say nothing.
     */
    public static String canonical(JsonValue value) {
        return new JsonWriter(JsonWriter.Form.CANONICAL).write(value);
    }

    /** Writes a value for people and for version control: indented by two spaces, its members in their order. */
    public static String pretty(JsonValue value) {
        return new JsonWriter(JsonWriter.Form.PRETTY).write(value);
    }
}
