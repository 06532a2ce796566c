package dev.millrace.controlplane.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.Workflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients are told while the database is down, and that all goes on by itself when it is back. */
class DatabaseDownTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String WORKFLOW = "while-down";
    private static final String SECRET = "a secret of the sender";

    @TempDir
    Path directory;

    /** A port that stays the same while servers behind it come and go. */
    private static final class Relay implements AutoCloseable {
        private final ServerSocket door;
        private final Set<Socket> open = ConcurrentHashMap.newKeySet();
        private volatile int target;

        Relay(int target) throws IOException {
            this.target = target;
            door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            thread(this::accept);
        }

        int port() {
            return door.getLocalPort();
        }

        void to(int port) {
            target = port;
        }

        private void accept() {
            while (!door.isClosed()) {
                try {
                    var client = door.accept();
                    open.add(client);
                    thread(() -> serve(client));
                } catch (IOException e) {
                    return;
                }
            }
        }

        private void serve(Socket client) {
            try (client;
                    var server = new Socket(InetAddress.getLoopbackAddress(), target)) {
                open.add(server);
                thread(() -> copy(client, server));
                copy(server, client);
            } catch (IOException e) {
                // the client sees its connection end
            } finally {
                open.remove(client);
            }
        }

        private void copy(Socket from, Socket to) {
            try (from;
                    to) {
                from.getInputStream().transferTo(to.getOutputStream());
            } catch (IOException e) {
                // both ends are closed
            } finally {
                open.remove(from);
            }
        }

        private static void thread(Runnable body) {
            var thread = new Thread(body, "relay");
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void close() throws IOException {
            door.close();
            for (var socket : open) {
                socket.close();
            }
        }
    }

    private EmbeddedServer server() {
        return EmbeddedServer.start(directory.resolve("database"), Settings.DEFAULT.database(), true);
    }

    private static int port(EmbeddedServer server) {
        return URI.create(server.address("millrace").url().substring("jdbc:".length()))
                .getPort();
    }

    private static Answer start(TestControlPlane plane) {
        return plane.ask("POST", "/api/v1/workflows/" + WORKFLOW + "/runs", "{\"input\":{\"cents\":1}}");
    }

    private static int deliver(TestControlPlane plane, Answer webhook) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(plane.url().resolve(webhook.text("path")))
                                    .headers("Content-Type", "application/json", "X-Api-Key", SECRET)
                                    .timeout(LIMIT)
                                    .POST(HttpRequest.BodyPublishers.ofString("{}"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The test was interrupted.", e);
        }
    }

    private static Answer until(TestControlPlane plane, Predicate<Answer> wanted) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var answer = start(plane);
            if (wanted.test(answer)) {
                return answer;
            }
            assertThat(System.nanoTime())
                    .as(answer.status() + " " + answer.body())
                    .isLessThan(end);
            LockSupport.parkNanos(100_000_000);
        }
    }

    @Test
    void startsAreRefusedWithWhenToComeBackAndGoOnByThemselvesWhenItIsBack() throws IOException {
        var first = server();
        var address = first.address("millrace");
        try (var relay = new Relay(port(first))) {
            Map<String, String> settings = Map.of(
                    "millrace.database.url",
                    address.url().replace(":" + port(first) + "/", ":" + relay.port() + "/"),
                    "millrace.database.user",
                    address.user(),
                    "millrace.database.password",
                    address.password().value());
            try (var plane = TestControlPlane.over(settings)) {
                Workflow.register(plane, Workflow.chain(WORKFLOW, "only"), plane.token());
                var before = until(plane, answer -> answer.status() == 201);
                var webhook = plane.ask(
                        "POST",
                        "/api/v1/webhooks",
                        "{\"name\":\"shop\",\"source\":\"API_KEY\",\"header\":\"X-Api-Key\",\"secrets\":[\"" + SECRET
                                + "\"]}");
                assertThat(deliver(plane, webhook)).isLessThan(300);
                first.close();

                var refused = until(plane, answer -> answer.status() != 201);
                assertRefused(refused);
                assertRefused(plane.ask("GET", "/api/v1/runs?workflow=" + WORKFLOW, ""));
                assertRefused(plane.ask("GET", "/api/v1/schedules", ""));
                assertThat(deliver(plane, webhook)).as("the sender tries again").isEqualTo(503);
                var event =
                        plane.ask("POST", "/api/v1/events", "{\"items\":[{\"name\":\"order.placed\",\"data\":{}}]}");
                assertThat(event.body()).contains("UNAVAILABLE");

                try (var second = server()) {
                    relay.to(port(second));
                    until(plane, answer -> answer.status() == 201);
                    assertThat(plane.ask("GET", "/api/v1/runs/" + before.text("runId"), "")
                                    .status())
                            .isEqualTo(200);
                }
            }
        }
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(503);
        assertThat(answer.code()).isEqualTo("UNAVAILABLE");
        assertThat(answer.text("detail")).contains("again");
        assertThat(Long.parseLong(answer.headers().firstValue("Retry-After").orElse("0")))
                .isPositive();
    }
}
