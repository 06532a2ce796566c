package dev.millrace.controlplane.errors;

import dev.millrace.controlplane.api.model.Problem;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

/** Answers what controllers and filters throw and the framework has no handler of its own for. */
@Singleton
final class RefusalHandler implements ExceptionHandler<RuntimeException, HttpResponse<Problem>> {
    @Override
    @SuppressWarnings("rawtypes") // the framework declares it so
    public HttpResponse<Problem> handle(HttpRequest request, RuntimeException exception) {
        // What is the framework's own, such as "no such route", carries its status; the rest is foreseen or our fault.
        if (exception instanceof HttpStatusException status) {
            return ProblemResponses.answer(
                    ProblemResponses.ofStatus(status.getStatus(), request.getPath()), HttpResponse.ok());
        }
        return ProblemResponses.answer(Problems.refusal(exception), HttpResponse.ok());
    }
}
