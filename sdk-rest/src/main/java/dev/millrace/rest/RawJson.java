package dev.millrace.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Objects;

/**
 * A JSON value as text: it stands wherever the contract says "any JSON" (inputs, results, manifests), so that no digit of a
 * number is lost between your codec and the control plane. The text is sent as it is; the control plane refuses what is not
 * JSON. Immutable.
 *
 * @param text one JSON value, for example {@code {"cents":1250}}
 */
@JsonSerialize(using = RawJson.Writer.class)
@JsonDeserialize(using = RawJson.Reader.class)
public record RawJson(String text) {
    public RawJson {
        Objects.requireNonNull(text, "text");
        if (text.isBlank()) {
            throw new IllegalArgumentException("A RawJson needs a JSON value, but its text is blank.");
        }
    }

    @Override
    public String toString() {
        return text;
    }

    static final class Writer extends JsonSerializer<RawJson> {
        @Override
        public void serialize(RawJson value, JsonGenerator to, SerializerProvider provider) throws IOException {
            to.writeRawValue(value.text());
        }
    }

    static final class Reader extends JsonDeserializer<RawJson> {
        @Override
        public RawJson deserialize(JsonParser from, DeserializationContext context) throws IOException {
            var text = new StringWriter();
            try (var to = from.getCodec().getFactory().createGenerator(text)) {
                // "Exact" copies decimals digit by digit instead of by way of a double.
                to.copyCurrentStructureExact(from);
            }
            return new RawJson(text.toString());
        }

        /** A JSON {@code null} is a value here, and something else than an absent field. */
        @Override
        public RawJson getNullValue(DeserializationContext context) {
            return new RawJson("null");
        }
    }
}
