package dev.millrace.connection;

import dev.millrace.rest.RestClient;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import dev.millrace.rest.SystemApi;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.time.Duration;
import java.util.Optional;

/**
 * One control plane as its clients see it: a REST API, and gRPC streams at an address that the REST API tells. Makes
 * connections, keeps none but those of the REST client. Safe for use by many threads.
 */
public final class ControlPlane implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** Results of steps are 1 MiB at most, but an assignment may carry many of them. */
    private static final int MOST_INBOUND_BYTES = 64 * 1024 * 1024;

    /** The default window of 64 KiB would make a worker wait for the round trip every few hundred small assignments. */
    private static final int WINDOW_BYTES = 4 * 1024 * 1024;

    /** Registration and discovery answer at once or not at all. */
    private static final Duration REST_TIMEOUT = Duration.ofSeconds(15);

    private final Settings settings;
    private final RestClient rest;
    private final CurrentRun currentRun = new CurrentRun();
    private volatile Optional<GrpcAddress> discovered = Optional.empty();

    public ControlPlane(Settings settings) {
        this.settings = settings;
        this.rest = rest(REST_TIMEOUT);
    }

    /** For which runs threads of this process work. */
    public CurrentRun currentRun() {
        return currentRun;
    }

    /** The address of the REST API, for messages. */
    public String url() {
        return settings.url().toString();
    }

    /** The REST client for short calls. */
    public RestClient rest() {
        return rest;
    }

    /** A REST client with a time limit of its own, to be closed by the caller. */
    public RestClient rest(Duration timeout) {
        return RestClient.builder(settings.url())
                .token(settings.token().reveal())
                .timeout(timeout)
                .build();
    }

    @Override
    public void close() {
        rest.close();
    }

    /**
     * Where the gRPC services are; asks the REST API if that is not known.
     *
     * @throws MillraceException if the REST API refuses to tell or cannot be reached
     */
    GrpcAddress grpcAddress() {
        String host = settings.url().getHost();
        var fixed = settings.grpcAddress().flatMap(GrpcAddress::parse).map(address -> address.or(host));
        if (fixed.isPresent()) {
            return fixed.get();
        }
        var known = discovered;
        if (known.isEmpty()) {
            known = Optional.of(ask().or(host));
            discovered = known;
        }
        return known.get();
    }

    /** Forgets what the REST API told: the next connection asks again, because the services may have moved. */
    void forgetAddress() {
        discovered = Optional.empty();
    }

    private GrpcAddress ask() {
        try {
            var told = Optional.ofNullable(new SystemApi(rest).whoAmI().getGrpcAddress())
                    .orElse("");
            return GrpcAddress.parse(told)
                    .orElseThrow(() -> new MillraceException(
                            "GRPC_ADDRESS_UNKNOWN",
                            "The control plane at " + url() + " does not say where its gRPC services are (it says \""
                                    + told + "\"). Set MILLRACE_GRPC_ADDRESS to their host:port."));
        } catch (RestException | RestUnavailableException e) {
            throw translated(e);
        }
    }

    /** What a REST call threw, as one of our own exceptions. */
    public static MillraceException translated(RuntimeException e) {
        if (e instanceof RestException refusal) {
            return refusal.status() == 401 || refusal.status() == 403
                    ? new AccessRefusedException(refusal.code(), refusal.getMessage())
                    : refusal.status() == 503 || refusal.status() == 429
                            ? new UnavailableException(refusal.getMessage(), refusal)
                            : new MillraceException(refusal.code(), refusal.getMessage(), refusal);
        }
        return new UnavailableException(e.getMessage(), e);
    }

    /** A channel of its own for every stream: so how long to wait before the next try is ours to say, not the channel's. */
    ManagedChannel channel(GrpcAddress address) {
        var builder = OkHttpChannelBuilder.forAddress(address.host(), address.port())
                .maxInboundMessageSize(MOST_INBOUND_BYTES)
                .flowControlWindow(WINDOW_BYTES)
                .directExecutor()
                .disableRetry();
        if (!"https".equals(settings.url().getScheme())) {
            builder.usePlaintext();
        }
        return builder.build();
    }

    <Q, R> ClientCall<Q, R> open(
            ManagedChannel channel, MethodDescriptor<Q, R> method, ClientCall.Listener<R> listener) {
        var call = channel.newCall(method, CallOptions.DEFAULT);
        var headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + settings.token().reveal());
        call.start(listener, headers);
        return call;
    }
}
