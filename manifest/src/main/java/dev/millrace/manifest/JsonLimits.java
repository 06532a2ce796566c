package dev.millrace.manifest;

/**
 * What a JSON text may contain. The limits keep a small text from becoming large work: a database or a {@code BigDecimal}
 * would spend seconds on {@code 1e131071}.
 *
 * @param depth how deep arrays and objects may be nested, 1 to 512
 * @param digits the most digits of a number, its exponent not counted
 * @param exponent the largest absolute value of a number's exponent
 * @param keyBytes the longest name of a member, in bytes as written
 */
public record JsonLimits(int depth, int digits, int exponent, int keyBytes) {

    /** What every payload and every manifest is held to. */
    public static final JsonLimits DEFAULT = new JsonLimits(64, 40, 308, 256);

    public JsonLimits {
        if (depth < 1 || depth > 512) {
            throw new IllegalArgumentException("The depth of JSON may be limited to 1 to 512, not to " + depth + ".");
        }
        if (digits < 1 || exponent < 0 || exponent > 100_000 || keyBytes < 1) {
            throw new IllegalArgumentException("JSON limits need at least one digit, an exponent of 0 to 100000 and one"
                    + " byte for names, but are: digits " + digits + ", exponent " + exponent + ", keyBytes " + keyBytes
                    + ".");
        }
    }
}
