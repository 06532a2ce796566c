package dev.millrace.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.introspect.AnnotationIntrospectorPair;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.millrace.TypeRef;
import java.io.IOException;
import java.lang.reflect.Type;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The default codec: Jackson 2 with one fixed mapping, which no setting of your application's own {@code ObjectMapper}
 * touches. The compile-time schemas hold because of it:
 *
 * <ul>
 *   <li>records are objects with their components as members, and nothing else; classes with their getters and setters; a
 *       literal {@code @JsonProperty} renames
 *   <li>sealed types are objects with a member {@code type} that holds the simple name of the variant
 *   <li>enums are their names; times, periods and zones are ISO-8601 text; {@code byte[]} is Base64
 *   <li>an empty {@code Optional} is {@code null}; an absent one is read as empty
 *   <li>{@code BigDecimal}, {@code double} and {@code float} are read back exactly as they were; NaN and infinities are
 *       refused, because JSON has none
 *   <li>members that the type does not have are skipped, so that an older worker can read what a newer one wrote; a number
 *       is never cut or made of text, and {@code null} is no primitive
 * </ul>
 *
 * <p>Safe for use by many threads; one instance serves a process.
 */
public final class JacksonCodec implements Codec {
    private final JsonMapper mapper = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .addModule(new Jdk8Module())
            .addModule(new StrictNumbersModule())
            .annotationIntrospector(
                    AnnotationIntrospectorPair.pair(new MappingIntrospector(), new JacksonAnnotationIntrospector()))
            .accessorNaming(new RecordNaming())
            .nodeFactory(new JsonNodeFactory(true))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            // Otherwise a ZonedDateTime comes back with an offset instead of its zone.
            .enable(SerializationFeature.WRITE_DATES_WITH_ZONE_ID)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            // Bare NaN is no JSON, so the check of the result refuses it even where no serializer of ours was asked.
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .build();

    private final ConcurrentMap<Type, ObjectReader> readers = new ConcurrentHashMap<>();
    private final ConcurrentMap<Type, ObjectWriter> writers = new ConcurrentHashMap<>();

    @Override
    public byte[] write(Object value, TypeRef<?> type) {
        try {
            return writers.computeIfAbsent(type.type(), this::writer).writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new CodecException("A value of type " + type + " cannot be written as JSON: " + reason(e), e);
        }
    }

    @Override
    public <T> T read(byte[] json, TypeRef<T> type) {
        try {
            return readers.computeIfAbsent(type.type(), this::reader).readValue(json);
        } catch (IOException e) {
            throw new CodecException("The JSON cannot be read as " + type + ": " + reason(e), e);
        }
    }

    private ObjectWriter writer(Type type) {
        return mapper.writerFor(mapper.constructType(type));
    }

    private ObjectReader reader(Type type) {
        return mapper.readerFor(mapper.constructType(type));
    }

    /** What Jackson says, without its hints for programmers of mappers, and where. */
    private static String reason(IOException e) {
        if (e instanceof JsonMappingException mapping) {
            String path = path(mapping);
            return mapping.getOriginalMessage() + (path.isEmpty() ? "" : " (at " + path + ")");
        }
        return e instanceof JsonProcessingException processing ? processing.getOriginalMessage() : e.getMessage();
    }

    private static String path(JsonMappingException e) {
        var path = new StringBuilder();
        for (var reference : e.getPath()) {
            if (reference.getFieldName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
            } else {
                path.append('[').append(reference.getIndex()).append(']');
            }
        }
        return path.toString();
    }
}
