package dev.millrace.codec;

import dev.millrace.TypeRef;

/**
 * Turns values into JSON and back: inputs, results of steps and of runs. The default is {@link JacksonCodec}. Another one
 * must produce what the manifest's JSON Schemas describe, because other workers and the control plane read it.
 *
 * <p>Implementations are safe for use by many threads.
 */
public interface Codec {

    /**
     * Writes a value as JSON in UTF-8.
     *
     * @param value the value; never null
     * @param type its declared type, which says more than its class: type arguments, and of which sealed type it is a variant
     * @throws CodecException if it cannot be written
     */
    byte[] write(Object value, TypeRef<?> type);

    /**
     * Reads a value.
     *
     * @param json one JSON value in UTF-8
     * @param type the type to read
     * @throws CodecException if the JSON is no such value
     */
    <T> T read(byte[] json, TypeRef<T> type);
}
