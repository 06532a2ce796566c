package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.connection.MillraceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A handle sends signals until they are acknowledged, each under one request id. */
class SignalClientTest {
    private static final String PROBLEM =
            "{\"type\":\"about:blank\",\"title\":\"x\",\"status\":%d,\"code\":\"%s\",\"detail\":\"No.\"}";

    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<String> paths = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile boolean ended;
    private final UUID run = UUID.randomUUID();
    private final HttpServer server;
    private final Millrace millrace;
    private final RunHandle<String> handle;

    SignalClientTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/runs", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            paths.add(exchange.getRequestURI().getPath());
            int status = refusals.getAndDecrement() > 0 ? 503 : ended ? 409 : 202;
            var answer = (status == 202
                            ? "{\"runId\":\"" + run + "\",\"name\":\"go\",\"requestId\":\"r\",\"duplicate\":"
                                    + (bodies.size() > 1) + "}"
                            : PROBLEM.formatted(status, status == 503 ? "UNAVAILABLE" : "RUN_FINISHED"))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        millrace = Millrace.builder()
                .url("http://127.0.0.1:" + server.getAddress().getPort())
                .token("mr_test")
                .answerTimeout(Duration.ofSeconds(10))
                .connect();
        handle = millrace.workflow("w", String.class, String.class).get(run.toString());
    }

    @AfterEach
    void stop() {
        millrace.close();
        server.stop(0);
    }

    record Payment(int cents) {}

    @Test
    void aSignalIsSentWithAnIdOfItsOwnUntilItIsAcknowledged() {
        refusals.set(1);
        handle.signal("go", new Payment(5));
        assertThat(paths).hasSize(2).containsOnly("/api/v1/runs/" + run + "/signals/go");
        assertThat(bodies.get(0)).contains("\"data\":{\"cents\":5}").containsPattern("\"requestId\":\"[0-9a-f-]{36}\"");
        assertThat(bodies.get(1)).as("the same signal").isEqualTo(bodies.get(0));
    }

    @Test
    void whoNamesASignalIsToldWhetherItIsNew() {
        assertThat(handle.signal("go", 1, "payment-1")).isTrue();
        assertThat(handle.signal("go", 1, "payment-1")).isFalse();
        assertThat(bodies).allMatch(body -> body.contains("\"requestId\":\"payment-1\""));
    }

    @Test
    void whatIsRefusedIsNotSentAgain() {
        ended = true;
        assertThatThrownBy(() -> handle.signal("go", 1))
                .isInstanceOfSatisfying(
                        MillraceException.class,
                        refused -> assertThat(refused.code()).isEqualTo("RUN_FINISHED"));
        assertThat(bodies).hasSize(1);
    }
}
