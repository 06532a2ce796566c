package dev.millrace.engine;

import java.util.Arrays;

/**
 * A JSON value that travels through the engine without being looked at: absent, inline, or stored elsewhere under its
 * content hash. The bytes are shared, never copied; nobody may change them.
 */
public final class Payload {
    /** No value: the result of a void step, or of one that returned an empty {@code Optional}. */
    public static final Payload NONE = new Payload(Kind.NONE, new byte[0], 0);

    /** Where the bytes are. */
    public enum Kind {
        NONE,
        /** {@link #data()} is the JSON in UTF-8. */
        INLINE,
        /** {@link #data()} is the SHA-256 under which the payload store keeps the JSON. */
        STORED
    }

    private final Kind kind;
    private final byte[] data;
    private final int size;

    private Payload(Kind kind, byte[] data, int size) {
        this.kind = kind;
        this.data = data;
        this.size = size;
    }

    /** A value that is kept with the facts. */
    public static Payload inline(byte[] json) {
        return new Payload(Kind.INLINE, json, json.length);
    }

    /**
     * A value that the payload store already holds.
     *
     * @param sha256 its content hash, 32 bytes
     * @param size length of the JSON in bytes
     */
    public static Payload stored(byte[] sha256, int size) {
        if (sha256.length != 32) {
            throw new IllegalArgumentException("A content hash has 32 bytes, not " + sha256.length + ".");
        }
        return new Payload(Kind.STORED, sha256, size);
    }

    public Kind kind() {
        return kind;
    }

    public boolean isPresent() {
        return kind != Kind.NONE;
    }

    /** The JSON, or the hash of it, as {@link #kind()} says. */
    public byte[] data() {
        return data;
    }

    /** Length of the JSON in bytes. */
    public int size() {
        return size;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload that
                && kind == that.kind
                && size == that.size
                && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return 31 * kind.ordinal() + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return kind + "(" + size + " bytes)";
    }
}
