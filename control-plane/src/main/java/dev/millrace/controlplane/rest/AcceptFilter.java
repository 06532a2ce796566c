package dev.millrace.controlplane.rest;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.Filter;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.server.annotation.PreMatching;

/**
 * Lets a client delete something that says it takes {@code application/json}. The operation answers nothing, or a problem, which is {@code
 * application/problem+json}; the framework would refuse the request because that is not what was asked for, before anybody sees it.
 */
@ServerFilter(Filter.MATCH_ALL_PATTERN)
final class AcceptFilter {
    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    @PreMatching
    @RequestFilter
    HttpRequest<?> widen(HttpRequest<?> request) {
        var accept = request.getHeaders().get(HttpHeaders.ACCEPT);
        if (request.getMethod() != HttpMethod.DELETE
                || accept == null
                || !accept.contains(JSON)
                || accept.contains(PROBLEM)) {
            return request;
        }
        var wider = request.mutate();
        wider.getHeaders().set(HttpHeaders.ACCEPT, accept + ", " + PROBLEM);
        return wider;
    }
}
