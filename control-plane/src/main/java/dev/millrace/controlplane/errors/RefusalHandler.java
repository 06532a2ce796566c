package dev.millrace.controlplane.errors;

import dev.millrace.controlplane.api.model.Problem;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;

/** Answers everything that a controller or a filter throws and that the framework has no handler of its own for. */
@Singleton
final class RefusalHandler implements ExceptionHandler<RuntimeException, HttpResponse<Problem>> {
    @Override
    @SuppressWarnings("rawtypes") // the framework declares it so
    public HttpResponse<Problem> handle(HttpRequest request, RuntimeException exception) {
        return ProblemResponses.answer(Problems.refusal(exception), HttpResponse.ok());
    }
}
