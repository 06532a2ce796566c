package dev.millrace.controlplane.payloads;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import java.io.IOException;
import java.util.Arrays;

/**
 * Cuts a value out of the body's bytes, instead of making objects of it and bytes of them again. The bytes travel as an
 * attribute of the read, because a parser does not give its source away.
 */
final class RawJsonReader extends JsonDeserializer<RawJson> {
    /** Name of the attribute that holds the whole, checked body that is being parsed from its first byte. */
    static final String BODY = RawJsonReader.class.getName() + ".body";

    @Override
    public RawJson deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (!(context.getAttribute(BODY) instanceof byte[] body)) {
            return context.reportInputMismatch(RawJson.class, "Any-JSON values are read from checked bodies only.");
        }
        int start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        parser.skipChildren();
        return RawJson.ofChecked(Arrays.copyOfRange(body, start, endOf(body, start)));
    }

    /** Where the value ends that starts here. The body is known to be JSON, so brackets and quotes are enough to go by. */
    private static int endOf(byte[] body, int start) {
        int depth = 0;
        for (int at = start; at < body.length; at++) {
            switch (body[at]) {
                case '{', '[' -> depth++;
                case '}', ']' -> {
                    depth--;
                    if (depth <= 0) {
                        return depth == 0 ? at + 1 : at;
                    }
                }
                case '"' -> {
                    at++;
                    while (body[at] != '"') {
                        at += body[at] == '\\' ? 2 : 1;
                    }
                    if (depth == 0) {
                        return at + 1;
                    }
                }
                case ',', ' ', '\n', '\r', '\t' -> {
                    if (depth == 0) {
                        return at;
                    }
                }
                default -> {}
            }
        }
        return body.length;
    }

    /** What is missing is missing, not the literal {@code null}. */
    @Override
    public RawJson getAbsentValue(DeserializationContext context) {
        return null;
    }

    @Override
    public RawJson getNullValue(DeserializationContext context) {
        return RawJson.ofNull();
    }
}
