package dev.millrace.controlplane.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Visibility;
import dev.millrace.protocol.worker.v1.Failure;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs over REST, against the real core. */
class RunsControllerTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "r-" + UUID.randomUUID();
    private final String runs = "/api/v1/workflows/" + workflow + "/runs";
    private String version;

    @BeforeEach
    void register() {
        version = Workflow.register(PLANE, Workflow.chain(workflow, "only", "after"), PLANE.token());
    }

    private Answer start(String body) {
        return PLANE.ask("POST", runs, body);
    }

    @Test
    void aRunIsStoredBeforeItIsAcknowledged() {
        var started = start(
                "{\"input\":{\"cents\":5},\"priority\":\"HIGH\",\"deadline\":\"2h\",\"metadata\":{\"region\":\"eu\"}}");
        assertThat(started.status()).isEqualTo(201);
        assertThat(started.text("workflow")).isEqualTo(workflow);
        assertThat(started.text("version")).isEqualTo(version);
        assertThat(started.json().members().get("created")).isEqualTo(JsonValue.TRUE);

        var run = PLANE.ask("GET", "/api/v1/runs/" + started.text("runId"), "");
        assertThat(run.status()).isEqualTo(200);
        assertThat(run.text("state")).isEqualTo("QUEUED");
        assertThat(run.text("priority")).isEqualTo("HIGH");
        assertThat(run.text("service")).isEqualTo("default");
        assertThat(Duration.between(Instant.parse(run.text("createdAt")), Instant.parse(run.text("deadlineAt"))))
                .isEqualTo(Duration.ofHours(2));
        assertThat(run.body())
                .contains(
                        "\"metadata\":{\"region\":\"eu\"}",
                        "\"input\":{\"cents\":5}",
                        "{\"step\":\"only\",\"kind\":\"STEP\",\"state\":\"QUEUED\"",
                        "{\"step\":\"after\",\"kind\":\"STEP\",\"state\":\"PENDING\"");
    }

    @Test
    void theInputKeepsItsDigits() {
        var started = start("{\"input\" : {\"cents\": 12345678901234567890, \"x\": 1.10, \"y\": [ 1e2 ]} }");
        assertThat(started.status()).as(started.body()).isEqualTo(201);
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + started.text("runId"), "").body())
                .contains("{\"cents\": 12345678901234567890, \"x\": 1.10, \"y\": [ 1e2 ]}");
    }

    @Test
    void anIdempotencyKeyStartsAtMostOneRun() {
        var first = start("{\"input\":{\"cents\":5},\"idempotencyKey\":\"order/7\"}");
        assertThat(first.status()).isEqualTo(201);
        var again = start("{\"input\": {\"cents\": 5.0e0 },\"idempotencyKey\":\"order/7\"}");
        // The schema asks for an integer, and 5.0e0 is none; the same number written with other space is the same
        // input.
        assertThat(again.status()).isEqualTo(422);
        again = start("{\"idempotencyKey\":\"order/7\", \"input\": { \"cents\" : 5 }}");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("runId")).isEqualTo(first.text("runId"));
        assertThat(again.json().members().get("created")).isEqualTo(JsonValue.FALSE);
        var other = start("{\"input\":{\"cents\":6},\"idempotencyKey\":\"order/7\"}");
        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("IDEMPOTENCY_CONFLICT");
        assertThat(other.text("detail")).contains(first.text("runId"));
    }

    @Test
    void aKeyWithATimeToLiveIsFreeAgainAfterIt() {
        var body = "{\"input\":{\"cents\":5},\"idempotencyKey\":\"k-ttl\",\"idempotencyKeyLife\":\"1s\"}";
        var first = start(body);
        assertThat(first.status()).as(first.body()).isEqualTo(201);
        var deadline = Instant.now().plusSeconds(20);
        var again = start(body);
        while (again.status() == 200 && Instant.now().isBefore(deadline)) {
            assertThat(again.text("runId")).isEqualTo(first.text("runId"));
            again = start(body);
        }
        assertThat(again.status()).as(again.body()).isEqualTo(201);
        assertThat(again.text("runId")).isNotEqualTo(first.text("runId"));
    }

    @Test
    void aKeyUntilFinishedIsFreeAgainOnceItsRunHasEnded() {
        var body = "{\"input\":{\"cents\":5},\"idempotencyKey\":\"k-fin\",\"idempotencyKeyLife\":\"until-finished\"}";
        var first = start(body);
        assertThat(first.status()).as(first.body()).isEqualTo(201);
        assertThat(start(body).text("runId")).isEqualTo(first.text("runId"));
        assertThat(start(body.replace("5}", "6}")).code()).isEqualTo("IDEMPOTENCY_CONFLICT");
        PLANE.ask("POST", "/api/v1/runs/" + first.text("runId") + "/cancel", "{\"reason\":\"enough\"}");
        // With another input now: the key is nobody's.
        var second = start(body.replace("5}", "6}"));
        assertThat(second.status()).as(second.body()).isEqualTo(201);
        assertThat(start(body.replace("5}", "6}")).text("runId")).isEqualTo(second.text("runId"));
    }

    @Test
    void aRequestSentAgainStartsNothingTwice() {
        var body = "{\"input\":{\"cents\":5},\"requestId\":\"" + UUID.randomUUID() + "\"}";
        var first = start(body);
        var again = start(body);
        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.text("runId")).isEqualTo(first.text("runId"));

        var bulk = "{\"requestId\":\"" + UUID.randomUUID()
                + "\",\"items\":[{\"input\":{\"cents\":1}},{\"input\":{\"cents\":2}}]}";
        assertThat(PLANE.ask("POST", runs + "/bulk", bulk).body().replace("\"created\":true", "\"created\":false"))
                .isEqualTo(PLANE.ask("POST", runs + "/bulk", bulk).body());
        var changed = PLANE.ask("POST", runs + "/bulk", bulk.replace(",{\"input\":{\"cents\":2}}", ""));
        assertThat(changed.status()).isEqualTo(409);
        assertThat(changed.code()).isEqualTo("REQUEST_CONFLICT");
    }

    @Test
    void eachItemOfABulkStartSucceedsOrFailsAlone() {
        var answer = PLANE.ask("POST", runs + "/bulk", """
                {"items":[
                  {"input":{"cents":1}},
                  {"input":{"cents":"x"}},
                  {"input":{"cents":2},"deadline":"soon"},
                  {"input":{"cents":3},"idempotencyKey":"\\t"},
                  {"input":{"cents":4},"version":"0123456789abcdef0123456789abcdef"},
                  {"input":{"cents":5},"idempotencyKey":"k"},
                  {"input":{"cents":5},"idempotencyKey":"k"}]}""");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var items = ((JsonValue.Array) answer.json().members().get("items")).items();
        assertThat(items).hasSize(7);
        assertThat(code(items, 0)).isEmpty();
        assertThat(code(items, 1)).isEqualTo("SCHEMA_MISMATCH");
        assertThat(answer.body()).contains("\"path\":\"$.items[1].input.cents\"");
        assertThat(code(items, 2)).isEqualTo("DURATION_INVALID");
        assertThat(code(items, 3)).isEqualTo("FIELD_INVALID");
        assertThat(code(items, 4)).isEqualTo("VERSION_NOT_FOUND");
        assertThat(code(items, 5)).isEmpty();
        assertThat(run(items, 6)).isEqualTo(run(items, 5));
    }

    private static String code(List<JsonValue> items, int index) {
        var error = ((JsonValue.Object) items.get(index)).members().get("error");
        return error == null
                ? ""
                : ((JsonValue.Text) ((JsonValue.Object) error).members().get("code")).value();
    }

    private static JsonValue run(List<JsonValue> items, int index) {
        return ((JsonValue.Object)
                        ((JsonValue.Object) items.get(index)).members().get("run"))
                .members()
                .get("runId");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {                                                        | 400 | INVALID_JSON          | $
            {"input":{"cents":1}} x                                  | 400 | INVALID_JSON          | $
            {"input":{"cents":NaN}}                                  | 400 | INVALID_JSON          | $.input.cents
            {"input":{"cents":1,"cents":2}}                          | 400 | DUPLICATE_KEY         | $.input.cents
            {"input":{"cents":1},"input":{"cents":2}}                | 400 | DUPLICATE_KEY         | $.input
            {"input":{"cents":1e131071}}                             | 400 | NUMBER_OUT_OF_RANGE   | $.input.cents
            {"input":{"cents":1,"note":"a\\u0000b"}}                 | 400 | UNSUPPORTED_CHARACTER | $.input.note
            {"input":{"cents":1,"note":"\\ud800"}}                   | 400 | UNSUPPORTED_CHARACTER | $.input.note
            {"input":{"cents":1},"priorty":"HIGH"}                   | 400 | UNKNOWN_FIELD         | $.priorty
            {"input":{"cents":1},"priority":"URGENT"}                | 400 | FIELD_INVALID         | $.priority
            {"input":{"cents":1},"priority":3}                       | 400 | FIELD_INVALID         | $.priority
            {"input":{"cents":1},"idempotencyKey":""}                | 400 | FIELD_INVALID         | $.idempotencyKey
            {"input":{"cents":1},"idempotencyKeyLife":"1h"}          | 400 | FIELD_INVALID         | $.idempotencyKeyLife
            {"input":{"cents":1},"idempotencyKey":"k","idempotencyKeyLife":"0s"}     | 400 | DURATION_INVALID | $.idempotencyKeyLife
            {"input":{"cents":1},"idempotencyKey":"k","idempotencyKeyLife":"-5s"}    | 400 | DURATION_INVALID | $.idempotencyKeyLife
            {"input":{"cents":1},"idempotencyKey":"k","idempotencyKeyLife":"367d"}   | 400 | DURATION_INVALID | $.idempotencyKeyLife
            {"input":{"cents":1},"idempotencyKey":"k","idempotencyKeyLife":"P1M"}    | 400 | DURATION_INVALID | $.idempotencyKeyLife
            {"input":{"cents":1},"idempotencyKey":"k","idempotencyKeyLife":"5"}      | 400 | DURATION_INVALID | $.idempotencyKeyLife
            {"input":{"cents":1},"idempotencyKey":"k","idempotencyKeyLife":"1e9d"}   | 400 | DURATION_INVALID | $.idempotencyKeyLife
            {"input":{"cents":1},"idempotencyKey":7}                 | 400 | FIELD_INVALID         | $.idempotencyKey
            {"input":{"cents":1},"deadline":"P1M"}                   | 400 | DURATION_INVALID      | $.deadline
            {"input":{"cents":1},"deadline":"0s"}                    | 400 | DURATION_INVALID      | $.deadline
            {"input":{"cents":1},"deadline":"400d"}                  | 400 | DURATION_INVALID      | $.deadline
            {"input":{"cents":1},"metadata":{"":"x"}}                | 400 | FIELD_INVALID         | $.metadata
            {}                                                       | 400 | FIELD_INVALID         | $.input
            []                                                       | 400 | FIELD_INVALID         | $
            null                                                     | 400 | INVALID_JSON          | $
            {"input":null}                                           | 422 | SCHEMA_MISMATCH       | $.input
            {"input":{"cents":-1}}                                   | 422 | SCHEMA_MISMATCH       | $.input.cents
            {"input":{"note":"x"}}                                   | 422 | SCHEMA_MISMATCH       | $.input
            {"input":{"cents":1},"version":"nope"}                   | 404 | VERSION_NOT_FOUND     |
            """)
    void aBadStartIsRefusedWithTheFirstFault(String body, int status, String code, String path) {
        var answer = start(body);
        assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        if (path == null) {
            assertThat(answer.json().members()).doesNotContainKey("path");
        } else {
            assertThat(answer.text("path")).startsWith(path);
        }
        assertThat(answer.text("detail")).endsWith(".");
    }

    @Test
    void whatIsTooDeepOrTooLargeIsRefused() {
        assertThat(start("{\"input\":" + "[".repeat(100) + "]".repeat(100) + "}")
                        .code())
                .isEqualTo("TOO_DEEP");
        var large = start("{\"input\":{\"cents\":1,\"note\":\"" + "x".repeat(1 << 20) + "\"}}");
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.code()).isEqualTo("PAYLOAD_TOO_LARGE");
        var huge = start("{\"input\":{\"cents\":1,\"note\":\"" + "x".repeat(6 << 20) + "\"}}");
        assertThat(huge.status()).isEqualTo(413);
        assertThat(huge.code()).isEqualTo("PAYLOAD_TOO_LARGE");
        var metadata = new StringBuilder("{\"input\":{\"cents\":1},\"metadata\":{\"a\":\"b\"");
        for (int i = 0; i < 32; i++) {
            metadata.append(",\"k").append(i).append("\":\"v\"");
        }
        assertThat(start(metadata + "}}").status()).isEqualTo(400);
        assertThat(start("{\"input\":{\"cents\":1},\"metadata\":{\"a\":\"" + "x".repeat(17_000) + "\"}}")
                        .code())
                .isEqualTo("METADATA_TOO_LARGE");
        assertThat(PLANE.ask("POST", runs + "/bulk", "{\"items\":[]}").code()).isEqualTo("FIELD_INVALID");
        var many = new StringBuilder("{\"items\":[{\"input\":1}");
        assertThat(PLANE.ask("POST", runs + "/bulk", many.append(",{\"input\":1}".repeat(1_000)) + "]}")
                        .code())
                .isEqualTo("FIELD_INVALID");
    }

    @Test
    void aBodyThatIsNotUtf8IsRefused() {
        var body = "{\"input\":{\"cents\":1,\"note\":\"?\"}}".getBytes(StandardCharsets.ISO_8859_1);
        body[body.length - 4] = (byte) 0xE4;
        var answer = PLANE.ask("POST", runs, body, PLANE.token());
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("INVALID_JSON");
        var marked = "\uFEFF{\"input\":{\"cents\":1}}".getBytes(StandardCharsets.UTF_8);
        assertThat(PLANE.ask("POST", runs, marked, PLANE.token()).code()).isEqualTo("INVALID_JSON");
    }

    @Test
    void aPrivateWorkflowIsNotThereForOtherServices() {
        PLANE.ask("POST", "/api/v1/services", "{\"name\":\"runs-neighbour\"}");
        var neighbour = PLANE.ask(
                        "POST",
                        "/api/v1/services/runs-neighbour/tokens",
                        "{\"name\":\"t\",\"permissions\":[\"runs:start\",\"workflows:read\"]}")
                .text("token");
        var body = "{\"input\":{\"cents\":1}}";
        assertThat(PLANE.ask("POST", runs, body, neighbour).status()).isEqualTo(201);
        var name = "private-" + UUID.randomUUID();
        Workflow.register(PLANE, Workflow.chain(name, Visibility.PRIVATE, "only"), PLANE.token());
        var path = "/api/v1/workflows/" + name;
        assertThat(PLANE.ask("POST", path + "/runs", body).status()).isEqualTo(201);
        assertThat(PLANE.ask("POST", path + "/runs", body, neighbour).code()).isEqualTo("WORKFLOW_NOT_FOUND");
        assertThat(PLANE.ask("GET", path, "", neighbour).code()).isEqualTo("WORKFLOW_NOT_FOUND");
        assertThat(PLANE.ask("GET", "/api/v1/workflows?limit=200", "", neighbour)
                        .body())
                .contains(workflow)
                .doesNotContain(name);
    }

    @Test
    void theResultIsWaitedForWithinTheTimeGiven() {
        var run = start("{\"input\":{\"cents\":5}}").text("runId");
        var path = "/api/v1/runs/" + run + "/result";
        assertThat(PLANE.ask("GET", path, "").status()).isEqualTo(202);
        var waited = PLANE.ask("GET", path + "?waitSeconds=1", "");
        assertThat(waited.status()).isEqualTo(202);
        assertThat(waited.text("state")).isEqualTo("QUEUED");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            worker.succeed(worker.assignment().getAttempt(), "1");
            worker.succeed(worker.assignment().getAttempt(), "{\"done\":1.50}");
            var result = PLANE.ask("GET", path + "?waitSeconds=20", "");
            assertThat(result.status()).isEqualTo(200);
            assertThat(result.body()).contains("\"state\":\"SUCCEEDED\"", "\"result\":{\"done\":1.50}");
        }
        assertThat(PLANE.ask("GET", path, "").status()).isEqualTo(200);
        assertThat(PLANE.ask("GET", path + "?waitSeconds=61", "").code()).isEqualTo("PARAM_INVALID");
        assertThat(PLANE.ask("GET", "/api/v1/workflows/a%00b", "").code()).isEqualTo("PARAM_INVALID");
        assertThat(PLANE.ask("GET", "/api/v1/runs?workflow=a%00b", "").code()).isEqualTo("PARAM_INVALID");
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + UUID.randomUUID() + "/result?waitSeconds=20", "")
                        .code())
                .isEqualTo("RUN_NOT_FOUND");
        var cancel = PLANE.ask("POST", "/api/v1/runs/" + run + "/cancel", "{\"reason\":\"late\"}");
        assertThat(cancel.status()).isEqualTo(409);
        assertThat(cancel.code()).isEqualTo("RUN_FINISHED");
        assertThat(cancel.text("runId")).isEqualTo(run);
    }

    @Test
    void aFinishedRunShowsItsTasksAndAttempts() {
        var run = start("{\"input\":{\"cents\":5}}").text("runId");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var first = worker.assignment().getAttempt();
            worker.accept(first);
            worker.succeed(first, "\"a\"");
            worker.succeed(worker.assignment().getAttempt(), "\"b\"");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> PLANE.ask("GET", "/api/v1/runs/" + run, "")
                            .text("state")
                            .equals("SUCCEEDED"));
        }
        var detail = PLANE.ask("GET", "/api/v1/runs/" + run, "");
        assertThat(detail.body())
                .contains(
                        "\"result\":\"b\"",
                        "\"output\":\"a\"",
                        "\"attempts\":[{\"number\":1,\"state\":\"SUCCEEDED\"",
                        "\"finishedAt\"",
                        "\"startedAt\"");
    }

    @Test
    void everyAttemptOfATaskIsShownAlsoWhenItsHistoryIsStoredInParts() {
        var name = "retried-" + UUID.randomUUID();
        var hash = Workflow.register(PLANE, Workflow.retried(name, 2), PLANE.token());
        var run = PLANE.ask("POST", "/api/v1/workflows/" + name + "/runs", "{\"input\":{\"cents\":5}}")
                .text("runId");
        var path = "/api/v1/runs/" + run;
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(name, hash).build())) {
            for (int attempt = 1; attempt <= 2; attempt++) {
                worker.fail(
                        worker.assignment().getAttempt(),
                        Failure.newBuilder()
                                .setType("com.acme.Flaky")
                                .setMessage("no " + attempt)
                                .build());
                // Until the list shows it, it has been projected; what comes later is stored apart.
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> PLANE.ask("GET", "/api/v1/runs?workflow=" + name, "")
                                .body()
                                .contains(run));
                worker.send(WorkerFrame.newBuilder().setHeartbeat(true).build());
            }
            assertAttempts(path, "FAILED", "FAILED");
            worker.succeed(worker.assignment().getAttempt(), "1");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> PLANE.ask("GET", path, "").text("state").equals("SUCCEEDED"));
        }
        assertAttempts(path, "FAILED", "FAILED", "SUCCEEDED");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> PLANE.ask("GET", "/api/v1/runs?state=SUCCEEDED&workflow=" + name, "")
                        .body()
                        .contains(run));
        assertAttempts(path, "FAILED", "FAILED", "SUCCEEDED");
    }

    private static void assertAttempts(String path, String... states) {
        var tasks =
                (JsonValue.Array) PLANE.ask("GET", path, "").json().members().get("tasks");
        var attempts = (JsonValue.Array)
                ((JsonValue.Object) tasks.items().get(0)).members().get("attempts");
        assertThat(attempts.items().stream()
                        .map(attempt -> ((JsonValue.Text)
                                        ((JsonValue.Object) attempt).members().get("state"))
                                .value()))
                .startsWith(states);
    }

    @Test
    void aListShowsTheRunsOfItsFilterNewestFirst() {
        var before = Instant.now();
        var ids = new ArrayList<String>();
        for (int i = 0; i < 5; i++) {
            ids.add(
                    0,
                    start("{\"input\":{\"cents\":1},\"metadata\":{\"n\":\"" + i + "\"}}")
                            .text("runId"));
        }
        PLANE.ask("POST", "/api/v1/runs/" + ids.get(0) + "/cancel", "{\"reason\":\"test\"}");
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            assertThat(list("")).containsExactlyElementsOf(ids);
            assertThat(list("&state=CANCELLED")).containsExactly(ids.get(0));
        });
        assertThat(list("&limit=2")).containsExactlyElementsOf(ids);
        assertThat(list("&state=QUEUED")).containsExactlyElementsOf(ids.subList(1, 5));
        assertThat(list("&state=QUEUED&state=CANCELLED&limit=1")).containsExactlyElementsOf(ids);
        assertThat(list("&state=SUCCEEDED")).isEmpty();
        assertThat(list("&from=" + before.minusSeconds(1))).containsExactlyElementsOf(ids);
        assertThat(list("&from=" + Instant.now().plusSeconds(60))).isEmpty();
        assertThat(list("&to=" + before.minusSeconds(1))).isEmpty();
        var third = Instant.ofEpochMilli(UUID.fromString(ids.get(2)).getMostSignificantBits() >>> 16);
        assertThat(list("&to=" + third + "&limit=1")).doesNotContain(ids.get(0), ids.get(1), ids.get(2));
        var first = PLANE.ask("GET", "/api/v1/runs?limit=1&workflow=" + workflow, "")
                .body();
        assertThat(first).contains("\"metadata\":{\"n\":\"4\"}", "\"state\":\"CANCELLED\"", "\"finishedAt\"");
        var wrong = PLANE.ask("GET", "/api/v1/runs?from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z", "");
        assertThat(wrong.code()).isEqualTo("PARAM_INVALID");
        assertThat(PLANE.ask("GET", "/api/v1/runs?state=queued", "").code()).isEqualTo("PARAM_INVALID");
        assertThat(PLANE.ask("GET", "/api/v1/runs?cursor=xyz", "").code()).isEqualTo("PARAM_INVALID");
    }

    /** The ids of all pages. */
    private List<String> list(String query) {
        List<String> found = new ArrayList<>();
        var path = "/api/v1/runs?workflow=" + workflow + query;
        var page = PLANE.ask("GET", path, "");
        while (true) {
            assertThat(page.status()).as(page.body()).isEqualTo(200);
            for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
                found.add(((JsonValue.Text) ((JsonValue.Object) item).members().get("runId")).value());
            }
            if (!page.json().members().containsKey("nextCursor")) {
                return found;
            }
            page = PLANE.ask("GET", path + "&cursor=" + page.text("nextCursor"), "");
        }
    }
}
