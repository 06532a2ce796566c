package dev.millrace.controlplane.payloads;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import io.micronaut.core.annotation.Introspected;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A JSON value as the bytes it was sent in, so that numbers keep their digits and the engine gets what the client wrote. It
 * stands wherever the REST contract says "any JSON". Whoever holds one may trust that it is strict JSON: a body is checked
 * before it becomes one, and stored values were checked when they came. The bytes are shared; nobody may change them.
 */
@Introspected
@JsonSerialize(using = RawJsonWriter.class)
@JsonDeserialize(using = RawJsonReader.class)
public final class RawJson {
    private static final int HASHED_BYTES = 64;
    private static final RawJson NULL = new RawJson("null".getBytes(StandardCharsets.US_ASCII));

    private final byte[] bytes;

    private RawJson(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Bytes that are known to be strict JSON. */
    public static RawJson ofChecked(byte[] json) {
        return new RawJson(json);
    }

    /** The literal {@code null}. */
    static RawJson ofNull() {
        return NULL;
    }

    /** The JSON in UTF-8. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawJson that && Arrays.equals(bytes, that.bytes);
    }

    /** Of the length and the last bytes only: the validation of requests asks for it several times for each value. */
    @Override
    public int hashCode() {
        int hash = bytes.length;
        for (int i = Math.max(0, bytes.length - HASHED_BYTES); i < bytes.length; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
