package dev.millrace.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.rest.model.Priority;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.StartRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The generated operations against a real HTTP server on the loopback address. */
class RestClientTest {

    private static final UUID RUN = UUID.fromString("0199d5c0-8f2a-7cc4-a1f0-3b9a4c1d2e3f");
    private static final String A_RUN = """
            {"runId":"%s","workflow":"order-fulfilment","version":"v1","state":"SUCCEEDED","compensated":false,
             "createdAt":"2026-11-21T10:15:30.123456Z","somethingNew":[1,2],
             "input":{"cents":12345678901234567890.10},"result":null,
             "tasks":[{"step":"charge","kind":"STEP","state":"SUCCEEDED",
                       "attempts":[{"number":2,"state":"SUCCEEDED","offeredAt":"2026-11-21T10:15:31Z"}]}]}""".formatted(RUN);

    private HttpServer server;
    private RestClient client;
    private RunsApi runs;
    private final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final ConcurrentLinkedQueue<String> accepted = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Answer> answers = new ConcurrentLinkedQueue<>();

    private record Received(String method, String target, String authorization, String body) {}

    private record Answer(int status, String body) {}

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        client = RestClient.builder(address()).token("mr_secret").build();
        runs = new RunsApi(client);
    }

    @AfterEach
    void stop() {
        client.close();
        server.stop(0);
    }

    @Test
    void aRunIsReadWithItsTasksAndAttempts() {
        willAnswer(200, A_RUN);

        var run = runs.getRun(RUN);

        assertThat(run.getRunId()).isEqualTo(RUN);
        assertThat(run.getState()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.getCreatedAt()).isEqualTo(Instant.parse("2026-11-21T10:15:30.123456Z"));
        assertThat(run.getTasks().get(0).getAttempts().get(0).getNumber()).isEqualTo(2);
        assertThat(received()).isEqualTo(new Received("GET", "/api/v1/runs/" + RUN, "Bearer mr_secret", ""));
    }

    /** What is deleted has no answer but a problem; a server does not delete for somebody who would not take that. */
    @Test
    void aProblemIsTakenAsAnAnswer() {
        willAnswer(200, A_RUN);

        runs.getRun(RUN);

        assertThat(accepted).containsExactly("application/json, application/problem+json");
    }

    @Test
    void anyJsonKeepsItsDigitsAndItsNulls() {
        willAnswer(200, A_RUN);
        willAnswer(201, "{\"runId\":\"%s\",\"workflow\":\"w\",\"version\":\"v1\",\"created\":true}".formatted(RUN));
        var input = "{\"cents\": 12345678901234567890.10, \"note\": null}";

        var run = runs.getRun(RUN);
        runs.startRun("w", new StartRun().input(new RawJson(input)).priority(Priority.HIGH));

        assertThat(run.getInput()).isEqualTo(new RawJson("{\"cents\":12345678901234567890.10}"));
        assertThat(run.getResult()).isEqualTo(new RawJson("null"));
        received();
        assertThat(received().body()).isEqualTo("{\"input\":" + input + ",\"priority\":\"HIGH\"}");
    }

    @Test
    void whatIsOptionalIsSentOnlyWhenSet() {
        willAnswer(200, "{\"items\":[]}");
        willAnswer(200, "{\"items\":[]}");

        runs.listRuns();
        runs.listRuns(options -> options.workflow("a&b")
                .state(List.of(RunState.FAILED, RunState.TIMED_OUT))
                .limit(5));

        assertThat(received().target()).isEqualTo("/api/v1/runs");
        assertThat(received().target()).isEqualTo("/api/v1/runs?workflow=a%26b&state=FAILED&state=TIMED_OUT&limit=5");
    }

    @Test
    void aValueInThePathCannotLeaveItsSegment() {
        willAnswer(201, "{\"runId\":\"%s\",\"workflow\":\"w\",\"version\":\"v1\",\"created\":true}".formatted(RUN));

        runs.startRun("../services?x=#", new StartRun().input(new RawJson("1")));

        assertThat(received().target()).isEqualTo("/api/v1/workflows/..%2Fservices%3Fx=%23/runs");
    }

    @Test
    void aDotSegmentInThePathIsRefusedBeforeItIsSent() {
        assertThatThrownBy(() -> runs.startRun("..", new StartRun().input(new RawJson("1"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"workflow\"")
                .hasMessageContaining("\"..\"");
        assertThat(received).isEmpty();
    }

    @Test
    void aRefusalCarriesTheCodeAndTheSentenceOfTheControlPlane() {
        willAnswer(
                404,
                "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"code\":\"RUN_NOT_FOUND\","
                        + "\"detail\":\"There is no run x.\"}");

        var refusal = catchThrowableOfType(RestException.class, () -> runs.getRun(RUN));

        assertThat(refusal.status()).isEqualTo(404);
        assertThat(refusal.code()).isEqualTo("RUN_NOT_FOUND");
        assertThat(refusal).hasMessage("GET /api/v1/runs/{runId} was refused: There is no run x. [RUN_NOT_FOUND]");
    }

    @Test
    void anAnswerThatNoControlPlaneWroteIsNamedAsSuch() {
        willAnswer(502, "<html>Bad Gateway</html>");
        willAnswer(200, "<html>Welcome</html>");

        for (int i = 0; i < 2; i++) {
            var refusal = catchThrowableOfType(RestException.class, () -> runs.getRun(RUN));
            assertThat(refusal.code()).isEqualTo("FOREIGN_ANSWER");
            assertThat(refusal).hasMessageContaining("<html>");
        }
    }

    @Test
    void aCallEndsWhenItsTimeIsUp() throws IOException {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var impatient = RestClient.builder(URI.create("http://127.0.0.1:" + silent.getLocalPort()))
                        .timeout(Duration.ofMillis(200))
                        .build()) {
            assertThatThrownBy(() -> new RunsApi(impatient).getRun(RUN))
                    .isInstanceOf(RestUnavailableException.class)
                    .hasMessageContaining("127.0.0.1:" + silent.getLocalPort());
        }
    }

    @Test
    void aControlPlaneThatIsNotThereIsReportedWithItsAddress() throws IOException {
        int freePort;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            freePort = socket.getLocalPort();
        }
        try (var lost =
                RestClient.builder(URI.create("http://127.0.0.1:" + freePort)).build()) {
            assertThatThrownBy(() -> new RunsApi(lost).getRun(RUN))
                    .isInstanceOf(RestUnavailableException.class)
                    .hasMessageContaining("http://127.0.0.1:" + freePort);
        }
    }

    @Test
    void anAddressWithoutSchemeIsRefused() {
        assertThatThrownBy(() -> RestClient.builder(URI.create("localhost:8080")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"localhost:8080\"")
                .hasMessageContaining("http://");
    }

    @Test
    void aPathInTheAddressIsKept() {
        willAnswer(200, "{\"items\":[]}");
        try (var behindProxy = RestClient.builder(address().resolve("/mill/")).build()) {
            new RunsApi(behindProxy).listRuns();
        }
        assertThat(received().target()).isEqualTo("/mill/api/v1/runs");
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void willAnswer(int status, String body) {
        answers.add(new Answer(status, body));
    }

    private Received received() {
        try {
            var next = received.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("a request within 10 s").isNotNull();
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            accepted.add(exchange.getRequestHeaders().getFirst("Accept"));
            received.add(new Received(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            var answer = answers.remove();
            var body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
