package dev.millrace.controlplane.tenancy;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.GrpcRefusals;
import dev.millrace.controlplane.errors.Problems;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;

/**
 * Stands before every gRPC method, streaming ones too: it is attached to the server, not to a service. Who is it, and may they
 * do this. A method whose implementation declares no permission is refused to everybody.
 */
@Singleton
public final class GrpcAccess implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Principal> PRINCIPAL = Context.key("millrace.principal");
    private static final String BEARER = "Bearer ";

    private final Credentials credentials;
    private final ExecutorService blocking;
    private final Map<String, Permission> needed;

    GrpcAccess(
            Credentials credentials,
            List<BindableService> services,
            @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.credentials = credentials;
        this.blocking = blocking;
        this.needed = declared(services);
    }

    /** Who made the call that the current thread works on. */
    public static Principal principal() {
        return PRINCIPAL.get();
    }

    /** What each method of the services declares, by its full name. */
    static Map<String, Permission> declared(List<BindableService> services) {
        Map<String, Permission> declared = new HashMap<>();
        for (var service : services) {
            for (ServerMethodDefinition<?, ?> method : service.bindService().getMethods()) {
                var descriptor = method.getMethodDescriptor();
                Arrays.stream(service.getClass().getDeclaredMethods())
                        .filter(candidate -> !candidate.isBridge()
                                && candidate.getName().equalsIgnoreCase(descriptor.getBareMethodName()))
                        .flatMap(candidate ->
                                Optional.ofNullable(candidate.getAnnotation(RequiresPermission.class)).stream())
                        .findFirst()
                        .ifPresent(found -> declared.put(descriptor.getFullMethodName(), found.value()));
            }
        }
        return Map.copyOf(declared);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        var permission = needed.get(call.getMethodDescriptor().getFullMethodName());
        if (permission == null) {
            return refuse(
                    call,
                    new ApiException(ErrorCode.PERMISSION_DENIED, "This method is closed: it declares no permission."));
        }
        if (permission == Permission.PUBLIC) {
            return next.startCall(call, headers);
        }
        var header = headers.get(AUTHORIZATION);
        if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return refuse(
                    call,
                    new ApiException(
                            ErrorCode.UNAUTHENTICATED,
                            "The call carries no token. Send the metadata authorization: Bearer mr_…"));
        }
        var presented = header.substring(BEARER.length()).strip();
        var known = credentials.known(presented);
        if (known.isPresent()) {
            return admit(call, headers, next, permission, known.get());
        }
        // The database must be asked, and this thread may carry other streams: what the client sends meanwhile waits.
        var waiting = new WaitingListener<Q>();
        var context = Context.current();
        blocking.execute(context.wrap(() -> {
            try {
                waiting.open(admit(call, headers, next, permission, credentials.authenticate(presented)));
            } catch (RuntimeException e) {
                waiting.open(refuse(call, Problems.refusal(e)));
            }
        }));
        return waiting;
    }

    private <Q, R> ServerCall.Listener<Q> admit(
            ServerCall<Q, R> call,
            Metadata headers,
            ServerCallHandler<Q, R> next,
            Permission permission,
            Optional<Principal> principal) {
        try {
            var who = principal.orElseThrow(AccessFilter::notValid);
            who.require(permission);
            var context = Context.current().withValue(PRINCIPAL, who);
            return Contexts.interceptCall(context, call, headers, next);
        } catch (ApiException e) {
            return refuse(call, e);
        }
    }

    private static <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, ApiException refusal) {
        var trailers = new Metadata();
        call.close(GrpcRefusals.status(refusal, trailers), trailers);
        return new ServerCall.Listener<>() {};
    }

    /** Keeps what happens to a call until the real listener is there, in order, then passes it on. */
    private static final class WaitingListener<Q> extends ServerCall.Listener<Q> {
        private final List<Consumer<ServerCall.Listener<Q>>> kept = new ArrayList<>();
        private ServerCall.Listener<Q> opened;

        // Events are passed on under the lock, so that none overtakes one that was kept. The caller's thread then
        // waits, but
        // only while the kept ones are handed over.
        private synchronized void pass(Consumer<ServerCall.Listener<Q>> event) {
            if (opened == null) {
                kept.add(event);
            } else {
                event.accept(opened);
            }
        }

        synchronized void open(ServerCall.Listener<Q> listener) {
            opened = listener;
            kept.forEach(event -> event.accept(listener));
            kept.clear();
        }

        @Override
        public void onMessage(Q message) {
            pass(listener -> listener.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            pass(ServerCall.Listener::onHalfClose);
        }

        @Override
        public void onCancel() {
            pass(ServerCall.Listener::onCancel);
        }

        @Override
        public void onComplete() {
            pass(ServerCall.Listener::onComplete);
        }

        @Override
        public void onReady() {
            pass(ServerCall.Listener::onReady);
        }
    }
}
