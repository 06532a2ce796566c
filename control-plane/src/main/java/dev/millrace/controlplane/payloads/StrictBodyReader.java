package dev.millrace.controlplane.payloads;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import io.micronaut.core.annotation.Order;
import io.micronaut.core.io.buffer.ByteBuffer;
import io.micronaut.core.type.Argument;
import io.micronaut.core.type.Headers;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.body.MessageBodyReader;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Reads every JSON body of the REST contract: first the strict check of all its bytes, then the object of it. Any-JSON members
 * are cut out of the bytes as they are.
 */
@Singleton
@Consumes(MediaType.APPLICATION_JSON)
@Order(-100)
final class StrictBodyReader<T> implements MessageBodyReader<T> {
    private static final String CONTRACT = "dev.millrace.controlplane.api.model";

    private final ObjectMapper mapper;

    StrictBodyReader(ObjectMapper mapper) {
        this.mapper = mapper.copy()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(DeserializationFeature.ACCEPT_EMPTY_STRING_AS_NULL_OBJECT);
        // A number where a string should be is a mistake of the caller's, not a string.
        this.mapper
                .coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    }

    @Override
    public boolean isReadable(Argument<T> type, MediaType mediaType) {
        return type.getType() == RawJson.class
                || type.getType().getPackageName().equals(CONTRACT);
    }

    @Override
    public T read(Argument<T> type, MediaType mediaType, Headers headers, ByteBuffer<?> buffer) {
        return parse(type, buffer.toByteArray());
    }

    @Override
    public T read(Argument<T> type, MediaType mediaType, Headers headers, InputStream stream) {
        try {
            return parse(type, stream.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("The body of the request could not be received.", e);
        }
    }

    private T parse(Argument<T> type, byte[] body) {
        Payloads.requireJson(body, "$");
        if (type.getType() == RawJson.class) {
            return type.getType().cast(RawJson.ofChecked(body));
        }
        try {
            return mapper.readerFor(type.getType())
                    .withAttribute(RawJsonReader.BODY, body)
                    .readValue(body);
        } catch (JsonMappingException e) {
            throw new BadBodyException(e);
        } catch (IOException e) {
            throw new ApiException(ErrorCode.INVALID_JSON, "The body cannot be read: " + e.getMessage(), "$");
        }
    }

    /** Carries a mapping failure, which is checked, to where refusals are made of failures. */
    private static final class BadBodyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        BadBodyException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
