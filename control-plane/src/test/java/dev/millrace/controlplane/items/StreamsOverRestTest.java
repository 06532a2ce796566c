package dev.millrace.controlplane.items;

import static dev.millrace.controlplane.items.TestEmitter.numbers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.Tenants;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.Hello;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Streams over REST: page by page, and as server-sent events. */
class StreamsOverRestTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();
    private final String version = Workflow.register(PLANE, StreamsDoorTest.emitting(workflow), PLANE.token());
    private final Hello hello = TestWorker.hello(workflow, version).build();
    private final HttpClient client = HttpClient.newHttpClient();

    private String start() {
        return PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
    }

    private static String path(String run, String query) {
        return "/api/v1/runs/" + run + "/stream" + query;
    }

    private static void succeed(TestWorker worker, AttemptRef attempt) {
        worker.acknowledged(worker.succeed(attempt, "1"));
    }

    /** A run that has emitted so many numbers, and has ended. */
    private String ended(int count) {
        var run = start();
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello);
                var emitter = new TestEmitter(PLANE, PLANE.token(), hello.getWorkerId())) {
            var attempt = worker.assignment().getAttempt();
            emitter.store(numbers(attempt, 0, count).setEnds(true));
            succeed(worker, attempt);
        }
        return run;
    }

    private HttpResponse<Stream<String>> events(String run, String query, String lastEventId, String token) {
        var request = HttpRequest.newBuilder(
                        URI.create(PLANE.url().toString().replaceAll("/$", "") + path(run, "/events" + query)))
                .header("Accept", "text/event-stream")
                .header("Authorization", "Bearer " + token)
                .timeout(Duration.ofSeconds(30));
        if (!lastEventId.isEmpty()) {
            request.header("Last-Event-ID", lastEventId);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines(HttpResponse<Stream<String>> answer, String field) {
        try (var lines = answer.body()) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .map(line -> line.substring(field.length() + 1).strip())
                    .toList();
        }
    }

    @Test
    void pagesHaveEverythingInOrderAndSayWhereTheNextBegins() {
        var run = ended(3);
        var first = PLANE.ask("GET", path(run, "?limit=2"), "");
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.body()).contains("\"value\":0", "\"value\":1", "\"next\":2", "\"ended\":false");
        var second = PLANE.ask("GET", path(run, "?after=2"), "");
        assertThat(second.body())
                .contains("\"value\":2", "\"ends\":true", "\"next\":4")
                .doesNotContain("\"value\":1,");
        var last = PLANE.ask("GET", path(run, "?after=4"), "");
        assertThat(last.body()).contains("\"items\":[]", "\"next\":4", "\"ended\":true", "\"state\":\"SUCCEEDED\"");
    }

    @Test
    void aPageWaitsForWhatComes() {
        var run = start();
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello);
                var emitter = new TestEmitter(PLANE, PLANE.token(), hello.getWorkerId())) {
            var attempt = worker.assignment().getAttempt();
            assertThat(PLANE.ask("GET", path(run, ""), "").body()).contains("\"items\":[]", "\"ended\":false");
            emitter.send(numbers(attempt, 0, 1));
            assertThat(PLANE.ask("GET", path(run, "?waitSeconds=20"), "").body())
                    .contains("\"value\":0");
            succeed(worker, attempt);
            assertThat(PLANE.ask("GET", path(run, "?after=1&waitSeconds=20"), "")
                            .body())
                    .contains("\"ended\":true");
        }
    }

    @Test
    void eventsComeWithTheirPositionsAndEndWithTheRun() {
        var run = ended(2);
        var answer = events(run, "", "", PLANE.token());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        var lines = answer.body().toList();
        assertThat(lines).contains("id: 1", "id: 2", "id: 3", "event: item", "event: attempt-end", "event: end");
        assertThat(String.join("\n", lines)).contains("\"value\":0", "\"value\":1", "{\"state\":\"SUCCEEDED\"}");
    }

    @Test
    void whoComesBackWithItsLastEventGoesOnBehindIt() {
        var run = ended(3);
        assertThat(lines(events(run, "", "2", PLANE.token()), "id")).containsExactly("3", "4");
        assertThat(lines(events(run, "?after=1", "", PLANE.token()), "id")).containsExactly("2", "3", "4");
        assertThat(events(run, "", "two", PLANE.token()).statusCode()).isEqualTo(400);
    }

    @Test
    void eventsOfARunThatGoesOnComeAsItEmits() {
        var run = start();
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello);
                var emitter = new TestEmitter(PLANE, PLANE.token(), hello.getWorkerId())) {
            var attempt = worker.assignment().getAttempt();
            var lines = events(run, "", "", PLANE.token()).body().iterator();
            emitter.store(numbers(attempt, 0, 1));
            assertThat(next(lines, "id")).isEqualTo("1");
            emitter.store(numbers(attempt, 1, 1));
            assertThat(next(lines, "id")).isEqualTo("2");
            succeed(worker, attempt);
            assertThat(next(lines, "event")).isEqualTo("end");
        }
    }

    /** The value of the next line with this field that has not been seen; of events only the last. */
    private static String next(java.util.Iterator<String> lines, String field) {
        while (lines.hasNext()) {
            var line = lines.next();
            if (line.startsWith(field + ":") && !line.endsWith(" item")) {
                return line.substring(field.length() + 1).strip();
            }
        }
        throw new AssertionError("The stream has ended without another " + field + ".");
    }

    @Test
    void anotherTenantsRunIsNotThere() {
        var stranger = Tenants.create(PLANE, "t-" + UUID.randomUUID());
        var run = ended(1);
        assertThat(PLANE.ask("GET", path(run, ""), "", stranger.token()).code()).isEqualTo("RUN_NOT_FOUND");
        assertThat(events(run, "", "", stranger.token()).statusCode()).isEqualTo(404);
        assertThat(events(run, "", "", "mr_nobody").statusCode()).isEqualTo(401);
    }
}
