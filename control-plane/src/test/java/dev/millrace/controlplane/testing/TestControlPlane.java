package dev.millrace.controlplane.testing;

import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.FirstStart;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.micronaut.context.ApplicationContext;
import io.micronaut.grpc.server.GrpcEmbeddedServer;
import io.micronaut.inject.qualifiers.Qualifiers;
import io.micronaut.runtime.server.EmbeddedServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;

/** A control plane with its doors open on loopback, over a real PostgreSQL. One for all tests of a JVM, because it takes seconds. */
public final class TestControlPlane implements AutoCloseable {
    private static TestControlPlane shared;

    private final EmbeddedPostgres postgres;
    private final ApplicationContext context;
    private final EmbeddedServer http;
    private final ManagedChannel channel;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String token;
    private final DataSource owner;
    private final Path tokenFile;

    /** The one that tests share. */
    public static synchronized TestControlPlane shared() {
        if (shared == null) {
            try {
                shared = new TestControlPlane();
            } catch (IOException | SQLException e) {
                throw new IllegalStateException("No control plane for the tests.", e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
        }
        return shared;
    }

    /** One of its own, for tests that stop it. */
    public static TestControlPlane start() {
        try {
            return new TestControlPlane();
        } catch (IOException | SQLException e) {
            throw new IllegalStateException("No control plane for the test.", e);
        }
    }

    private TestControlPlane() throws IOException, SQLException {
        postgres = EmbeddedPostgres.builder().start();
        var url = postgres.getJdbcUrl("postgres", "postgres");
        try (var connection = postgres.getPostgresDatabase().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("CREATE ROLE millrace_owner LOGIN CREATEROLE PASSWORD 'x'");
            statement.execute("CREATE DATABASE millrace OWNER millrace_owner");
        }
        var source = new PGSimpleDataSource();
        source.setURL(url.replace("/postgres?", "/millrace?"));
        source.setUser("millrace_owner");
        source.setPassword("x");
        owner = source;
        var request = new PGSimpleDataSource();
        request.setURL(source.getURL());
        request.setUser("millrace_owner");
        request.setPassword("x");
        request.setOptions("-c role=millrace_request");
        Flyway.configure()
                .dataSource(owner)
                .locations("classpath:db/migration")
                .load()
                .migrate();
        tokenFile = Files.createTempDirectory("millrace-test").resolve("token");
        context = ApplicationContext.builder()
                .properties(Map.of(
                        "micronaut.server.port",
                        -1,
                        "micronaut.server.host",
                        "127.0.0.1",
                        "grpc.server.port",
                        0,
                        "grpc.server.host",
                        "127.0.0.1",
                        "millrace.token-file",
                        tokenFile.toString()))
                .build();
        context.registerSingleton(DataSource.class, owner, Qualifiers.byName("owner"));
        context.registerSingleton(DataSource.class, request, Qualifiers.byName("request"));
        context.registerSingleton(Shards.class, new MemoryShards());
        context.start();
        context.getBean(FirstStart.class).prepare();
        token = Files.readString(tokenFile).strip();
        http = context.getBean(EmbeddedServer.class).start();
        var grpc = context.getBean(GrpcEmbeddedServer.class);
        if (!grpc.isRunning()) {
            grpc.start();
        }
        channel = NettyChannelBuilder.forAddress("127.0.0.1", grpc.getPort())
                .usePlaintext()
                .build();
    }

    /** Whether the tables that lists are made of are there. */
    public boolean hasAnalytics() {
        try (var connection = owner.getConnection();
                var rows =
                        connection.createStatement().executeQuery("SELECT to_regclass('analytics.run') IS NOT NULL")) {
            rows.next();
            return rows.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public ApplicationContext context() {
        return context;
    }

    /** Connections that row-level security does not bind. */
    public DataSource owner() {
        return owner;
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
            postgres.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
