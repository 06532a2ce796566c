package dev.millrace.fake;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** The control plane as the SDK sees it: registration and discovery over HTTP, both streams over gRPC. */
public final class FakeControlPlane implements AutoCloseable {
    public static final String TOKEN = "mr_test_token";

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> CODE = Metadata.Key.of("millrace-code", Metadata.ASCII_STRING_MARSHALLER);

    public final FakeRuns runs = new FakeRuns();
    public final FakeDispatch dispatch = new FakeDispatch();
    public final FakeStreams streams = new FakeStreams();
    public final List<Manifest> registered = new CopyOnWriteArrayList<>();

    private final HttpServer http;
    private final AtomicReference<String> refusal = new AtomicReference<>("");
    private Server grpc;
    private final int grpcPort;

    public FakeControlPlane() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            grpc = serve(0);
            grpcPort = grpc.getPort();
            http.createContext("/api/v1/whoami", exchange -> {
                boolean known =
                        ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
                respond(
                        exchange,
                        known ? 200 : 401,
                        known
                                ? "{\"tenant\":\"t\",\"service\":\"s\",\"tokenId\":\"x\",\"permissions\":[],\"grpcAddress\":\":"
                                        + grpcPort + "\"}"
                                : problem(401, "UNAUTHENTICATED", "The token is not valid."));
            });
            http.createContext("/api/v1/workflows", exchange -> {
                var body = exchange.getRequestBody().readAllBytes();
                if (!refusal.get().isEmpty()) {
                    respond(exchange, 403, problem(403, refusal.get(), "No."));
                    return;
                }
                var manifest = ManifestJson.read(body);
                boolean created =
                        registered.stream().noneMatch(known -> known.hash().equals(manifest.hash()));
                registered.add(manifest);
                respond(
                        exchange,
                        created ? 201 : 200,
                        "{\"workflow\":\"" + manifest.workflow() + "\",\"version\":\"" + manifest.hash()
                                + "\",\"created\":" + created + "}");
            });
            http.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    public int restPort() {
        return http.getAddress().getPort();
    }

    public int grpcPort() {
        return grpcPort;
    }

    /** Refuses registrations from now on. */
    public void refuseRegistrations(String code) {
        refusal.set(code);
    }

    /** Ends all connections and takes none for now. */
    public void stopGrpc() {
        grpc.shutdownNow();
        try {
            grpc.awaitTermination();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes connections again, at the same port. */
    public void startGrpc() {
        try {
            grpc = serve(grpcPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stopGrpc();
        http.stop(0);
    }

    private Server serve(int port) throws IOException {
        return OkHttpServerBuilder.forPort(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        InsecureServerCredentials.create())
                .addService(runs)
                .addService(dispatch)
                .addService(streams)
                .intercept(new Authentication())
                .build()
                .start();
    }

    private static void respond(com.sun.net.httpserver.HttpExchange exchange, int status, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders()
                .add("Content-Type", status < 400 ? "application/json" : "application/problem+json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String problem(int status, String code, String detail) {
        return "{\"type\":\"about:blank\",\"title\":\"x\",\"status\":" + status + ",\"code\":\"" + code
                + "\",\"detail\":\"" + detail + "\"}";
    }

    private static final class Authentication implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            if (("Bearer " + TOKEN).equals(headers.get(AUTHORIZATION))) {
                return next.startCall(call, headers);
            }
            var trailers = new Metadata();
            trailers.put(CODE, "UNAUTHENTICATED");
            call.close(Status.UNAUTHENTICATED.withDescription("The token is not valid."), trailers);
            return new ServerCall.Listener<>() {};
        }
    }
}
