package dev.millrace.manifest;

/**
 * Thrown when a text is not the JSON that this product accepts. The message is one sentence that names the place; {@link
 * #code()} is stable and safe to branch on.
 *
 * <table>
 * <caption>Codes</caption>
 * <tr><td>{@code INVALID_JSON}</td><td>not JSON at all: syntax, trailing text, a byte order mark, bytes that are not UTF-8</td></tr>
 * <tr><td>{@code DUPLICATE_KEY}</td><td>an object that has a member twice</td></tr>
 * <tr><td>{@code KEY_TOO_LONG}</td><td>a member's name over the limit</td></tr>
 * <tr><td>{@code TOO_DEEP}</td><td>arrays and objects nested over the limit</td></tr>
 * <tr><td>{@code NUMBER_OUT_OF_RANGE}</td><td>too many digits or too large an exponent</td></tr>
 * <tr><td>{@code UNSUPPORTED_CHARACTER}</td><td>U+0000 or half of a surrogate pair in a string</td></tr>
 * <tr><td>{@code NOT_AN_ARRAY}</td><td>another value where an array is needed</td></tr>
 * </table>
 */
public final class InvalidJsonException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final int offset;
    private final String path;

    InvalidJsonException(String code, int offset, String path, String sentence) {
        super(sentence);
        this.code = code;
        this.offset = offset;
        this.path = path;
    }

    /** The stable code, such as {@code DUPLICATE_KEY}. */
    public String code() {
        return code;
    }

    /** The position of the offending byte, from 0; -1 when the value was never text. */
    public int offset() {
        return offset;
    }

    /** Where in the value, such as {@code $.items[3].name}. */
    public String path() {
        return path;
    }
}
