package dev.millrace.controlplane.payloads;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Puts the value into a response as it is. */
final class RawJsonWriter extends JsonSerializer<RawJson> {
    @Override
    public void serialize(RawJson value, JsonGenerator out, SerializerProvider serializers) throws IOException {
        out.writeRawValue(new String(value.bytes(), StandardCharsets.UTF_8));
    }
}
