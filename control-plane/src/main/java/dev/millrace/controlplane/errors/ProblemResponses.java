package dev.millrace.controlplane.errors;

import dev.millrace.controlplane.api.model.Problem;
import io.micronaut.context.annotation.Primary;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;

/** What every failed REST request is answered with. The framework's own handlers all end here. */
@Primary
@Singleton
final class ProblemResponses implements ErrorResponseProcessor<Problem> {
    static final MediaType PROBLEM_JSON = MediaType.of("application/problem+json");

    @Override
    public MutableHttpResponse<Problem> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
        // What the framework itself throws, such as "no such route", has said its status already.
        var refusal = context.getRootCause()
                .filter(cause -> !(cause instanceof HttpStatusException))
                .map(Problems::refusal)
                .orElseGet(
                        () -> ofStatus(response.status(), context.getRequest().getPath()));
        return answer(refusal, response);
    }

    static MutableHttpResponse<Problem> answer(ApiException refusal, MutableHttpResponse<?> response) {
        var code = refusal.code();
        response.status(code.httpStatus()).contentType(PROBLEM_JSON);
        if (code == ErrorCode.UNAUTHENTICATED) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"millrace\"");
        }
        if (code.isTemporary() || refusal.again().isPresent()) {
            response.header(HttpHeaders.RETRY_AFTER, Long.toString(retryAfterSeconds(refusal)));
        }
        return response.body(Problems.of(refusal));
    }

    /** Rounded up, because who comes too early is refused again. */
    private static long retryAfterSeconds(ApiException refusal) {
        return refusal.again()
                .map(again ->
                        Math.max(1, (Duration.between(Instant.now(), again).toMillis() + 999) / 1000))
                .orElse(1L);
    }

    static ApiException ofStatus(HttpStatus status, String path) {
        return switch (status) {
            case NOT_FOUND -> new ApiException(ErrorCode.NOT_FOUND, "There is nothing at " + path + ".");
            case METHOD_NOT_ALLOWED ->
                new ApiException(ErrorCode.METHOD_NOT_ALLOWED, "There is no such operation at " + path + ".");
            case UNSUPPORTED_MEDIA_TYPE ->
                new ApiException(
                        ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The body must be application/json; set Content-Type.");
            case NOT_ACCEPTABLE ->
                new ApiException(
                        ErrorCode.NOT_ACCEPTABLE, "Answers are application/json; the request accepts something else.");
            case REQUEST_ENTITY_TOO_LARGE ->
                new ApiException(
                        ErrorCode.PAYLOAD_TOO_LARGE,
                        "The request, or one of its headers, is too large. Send less at a time.");
            case UNAUTHORIZED -> new ApiException(ErrorCode.UNAUTHENTICATED, "A bearer token is needed.");
            case FORBIDDEN -> new ApiException(ErrorCode.PERMISSION_DENIED, "This is not allowed.");
            default ->
                status.getCode() >= 500
                        ? new ApiException(ErrorCode.INTERNAL, "Something went wrong in the control plane.")
                        : new ApiException(
                                ErrorCode.BAD_REQUEST,
                                "The request is refused with status " + status.getCode() + " (" + status.getReason()
                                        + ").");
        };
    }
}
