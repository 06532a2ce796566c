package dev.millrace.samples.research;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** JSON to and from the model, which is not to be trusted. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private Json() {}

    /**
     * Reads what the model said.
     *
     * @throws InvalidAnswerException if it is no such JSON; the message says what is wrong with it
     */
    static <T> T read(String said, Class<T> type) {
        try {
            return MAPPER.readValue(said, type);
        } catch (JacksonException e) {
            throw new InvalidAnswerException("That was not the JSON that you were asked for: " + e.getOriginalMessage()
                    + ". Answer again, with that JSON and nothing else.");
        }
    }

    static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JacksonException e) {
            throw new IllegalStateException(e);
        }
    }
}
