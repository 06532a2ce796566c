package dev.millrace.controlplane.tenancy;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.Filter;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.web.router.MethodBasedRouteMatch;
import io.micronaut.web.router.RouteMatch;
import jakarta.inject.Named;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Stands before every REST operation: who is it, may they do this, and are the query's parameters ones that the operation has.
 * An operation that declares no permission is refused to everybody; what is public says so.
 */
@ServerFilter(Filter.MATCH_ALL_PATTERN)
final class AccessFilter {
    private static final String BEARER = "Bearer ";
    /** A bulk start or a manifest of 4 MiB, and what stands around it. */
    private static final long MAX_BODY_BYTES = 5L << 20;

    private final Credentials credentials;
    private final Scheduler blocking;

    AccessFilter(Credentials credentials, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.credentials = credentials;
        this.blocking = Schedulers.fromExecutorService(blocking);
    }

    @RequestFilter
    Mono<HttpRequest<?>> check(HttpRequest<?> request, @Nullable RouteMatch<?> route) {
        var needed = route == null ? Permission.AUTHENTICATED : declared(route);
        if (needed == Permission.PUBLIC) {
            return Mono.just(request);
        }
        var header = request.getHeaders().get(HttpHeaders.AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Mono.error(new ApiException(
                    ErrorCode.UNAUTHENTICATED,
                    "The request carries no token. Send the header Authorization: Bearer mr_…"));
        }
        if (request.getContentLength() > MAX_BODY_BYTES) {
            // Before the body is read.
            return Mono.error(new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "The body has %,d bytes; the limit is %,d. Send less in one request."
                            .formatted(request.getContentLength(), MAX_BODY_BYTES),
                    "$"));
        }
        var presented = header.substring(BEARER.length()).strip();
        var known = credentials.known(presented);
        var principal = known.isPresent()
                ? Mono.just(known.get())
                : Mono.fromCallable(() -> credentials.authenticate(presented)).subscribeOn(blocking);
        return principal.map(found -> {
            var who = found.orElseThrow(AccessFilter::notValid);
            who.require(needed);
            if (route instanceof MethodBasedRouteMatch<?, ?> operation) {
                checkQuery(request, operation);
            }
            request.setAttribute(Caller.ATTRIBUTE, who);
            return request;
        });
    }

    /** One answer for every token that is not valid, so that nobody learns which of them once was. */
    static ApiException notValid() {
        return new ApiException(
                ErrorCode.UNAUTHENTICATED,
                "The token is not valid: it is malformed, unknown, expired or revoked. Create a new one.");
    }

    private static Permission declared(RouteMatch<?> route) {
        return route.getAnnotationMetadata()
                .enumValue(RequiresPermission.class, Permission.class)
                .orElseThrow(() -> new ApiException(
                        ErrorCode.PERMISSION_DENIED, "This operation is closed: it declares no permission."));
    }

    private static void checkQuery(HttpRequest<?> request, MethodBasedRouteMatch<?, ?> route) {
        Map<String, Argument<?>> known = new HashMap<>();
        for (Argument<?> argument : route.getArguments()) {
            if (argument.getAnnotationMetadata().hasAnnotation(QueryValue.class)) {
                known.put(
                        argument.getAnnotationMetadata()
                                .stringValue(QueryValue.class)
                                .orElse(argument.getName()),
                        argument);
            }
        }
        requirePrintable("The path", request.getUri().getPath(), "");
        for (var parameter : request.getParameters()) {
            var name = parameter.getKey();
            parameter.getValue().forEach(value -> requirePrintable("Parameter " + name, value, name));
            var argument = known.get(name);
            if (argument == null) {
                throw new ApiException(
                        ErrorCode.PARAM_UNKNOWN,
                        "Parameter " + name + " is not known here. Known are: "
                                + (known.isEmpty()
                                        ? "none"
                                        : String.join(
                                                ", ",
                                                known.keySet().stream().sorted().toList()))
                                + ".",
                        name);
            }
            if (parameter.getValue().size() > 1 && !Collection.class.isAssignableFrom(argument.getType())) {
                throw new ApiException(
                        ErrorCode.PARAM_INVALID,
                        "Parameter " + name + " stands there "
                                + parameter.getValue().size() + " times; send it once.",
                        name);
            }
            argument.getFirstTypeVariable()
                    .map(Argument::getType)
                    .filter(Class::isEnum)
                    .ifPresent(type -> requireConstants(name, parameter.getValue(), type));
        }
    }

    /** No name and no cursor has control characters, and the database takes no U+0000. */
    private static void requirePrintable(String what, String text, String name) {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new ApiException(
                    ErrorCode.PARAM_INVALID, what + " contains a control character; leave it out.", name);
        }
    }

    /** The framework leaves out of a list what it cannot read, and would answer another question than was asked. */
    private static void requireConstants(String name, List<String> values, Class<?> type) {
        var known = Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
        for (var value : values) {
            if (!known.contains(value)) {
                throw new ApiException(
                        ErrorCode.PARAM_INVALID,
                        "Parameter " + name + " is \"" + value + "\"; it is one of " + String.join(", ", known) + ".",
                        name);
            }
        }
    }
}
