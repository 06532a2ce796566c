package dev.millrace.controlplane.testing;

import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.micronaut.context.ApplicationContext;
import io.micronaut.grpc.server.GrpcEmbeddedServer;
import io.micronaut.runtime.server.EmbeddedServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** A control plane with its doors open on loopback, over a real PostgreSQL. One for all tests of a JVM, because it takes seconds. */
public final class TestControlPlane implements AutoCloseable {
    /** What opens the metrics. */
    public static final String METRICS_TOKEN = "a token for the tests' scraper";

    private static final String SECRETS_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

    private static TestControlPlane shared;

    private final Optional<TestDatabase> database;
    private final ApplicationContext context;
    private final EmbeddedServer http;
    private final ManagedChannel channel;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String token;
    private final Path tokenFile;

    /** The one that tests share. It ends with the JVM, as its database does. */
    public static synchronized TestControlPlane shared() {
        if (shared == null) {
            try {
                shared = new TestControlPlane();
            } catch (IOException e) {
                throw new IllegalStateException("No control plane for the tests.", e);
            }
        }
        return shared;
    }

    /** One of its own, for tests that stop it. */
    public static TestControlPlane start() {
        try {
            return new TestControlPlane();
        } catch (IOException e) {
            throw new IllegalStateException("No control plane for the test.", e);
        }
    }

    /** One over a database that the test has started, with an empty schema. */
    public static TestControlPlane over(Map<String, String> settings) throws IOException {
        return new TestControlPlane(
                Optional.empty(),
                settings,
                Files.createTempDirectory("millrace-test").resolve("token"));
    }

    private TestControlPlane() throws IOException {
        this(TestDatabase.create(), Files.createTempDirectory("millrace-test").resolve("token"));
    }

    private TestControlPlane(TestDatabase database, Path tokenFile) throws IOException {
        this(Optional.of(database), database.settings(), tokenFile);
    }

    private TestControlPlane(Optional<TestDatabase> database, Map<String, String> reached, Path tokenFile)
            throws IOException {
        this.database = database;
        this.tokenFile = tokenFile;
        Map<String, Object> settings = new HashMap<>(reached);
        settings.put("millrace.http.port", 0);
        settings.put("millrace.grpc.port", 0);
        settings.put("millrace.data-dir", tokenFile.getParent().toString());
        settings.put("millrace.shards", 4);
        settings.put("millrace.metrics-token", METRICS_TOKEN);
        settings.put("millrace.secrets.key", SECRETS_KEY);
        context = ApplicationContext.builder().properties(settings).start();
        http = context.getBean(EmbeddedServer.class).start();
        token = Files.readString(tokenFile).strip();
        channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", context.getBean(GrpcEmbeddedServer.class).getPort())
                .usePlaintext()
                .build();
    }

    public ApplicationContext context() {
        return context;
    }

    /** Connections that row-level security does not bind. */
    public DataSource owner() {
        return database.orElseThrow().database().owner();
    }

    /** Where the REST door is, such as {@code http://127.0.0.1:8080}. */
    public URI url() {
        return http.getURI();
    }

    /** The token of the default service, with every permission. */
    public String token() {
        return token;
    }

    public Path tokenFile() {
        return tokenFile;
    }

    /** A channel without credentials. */
    public ManagedChannel channel() {
        return channel;
    }

    /** Metadata that presents a token. */
    public static io.grpc.ClientInterceptor presenting(String token) {
        var headers = new Metadata();
        headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /** An answer of the REST door. */
    public record Answer(int status, String body, java.net.http.HttpHeaders headers) {
        public JsonValue.Object json() {
            return (JsonValue.Object) Json.read(body);
        }

        /** A text member of the answer. */
        public String text(String member) {
            var value = json().members().get(member);
            return value instanceof JsonValue.Text text ? text.value() : String.valueOf(value);
        }

        /** The stable code of a problem. */
        public String code() {
            return text("code");
        }
    }

    /** Asks the REST door with the default token. */
    public Answer ask(String method, String path, String body) {
        return ask(method, path, body, token);
    }

    /** Asks the REST door. @param token empty for none */
    public Answer ask(String method, String path, String body, String token) {
        return ask(method, path, body.getBytes(java.nio.charset.StandardCharsets.UTF_8), token);
    }

    public Answer ask(String method, String path, byte[] body, String token) {
        var request = HttpRequest.newBuilder(URI.create(http.getURI() + path))
                .timeout(Duration.ofSeconds(30))
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (body.length > 0) {
            request.header("Content-Type", "application/json");
        }
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body(), response.headers());
        } catch (IOException e) {
            throw new IllegalStateException("No answer to " + method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Stops it as a signal would, and starts another one over what it left. Close that one instead. */
    public TestControlPlane restarted() {
        channel.shutdownNow();
        stop();
        try {
            return new TestControlPlane(database.orElseThrow(), tokenFile);
        } catch (IOException e) {
            throw new IllegalStateException("No second control plane for the test.", e);
        }
    }

    /** Stops it as a signal would. */
    public void stop() {
        http.stop();
        context.stop();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
            stop();
            database.ifPresent(TestDatabase::close);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
