package dev.millrace.controlplane.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that have ended run again, over REST, against the real core and database. */
class ReplayTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Failure DOWN = Failure.newBuilder()
            .setType("java.io.IOException")
            .setMessage("down")
            .build();

    private final String workflow = "r-" + UUID.randomUUID();

    private TestWorker worker(String... steps) {
        var version = Workflow.register(PLANE, Workflow.chain(workflow, steps), PLANE.token());
        return TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build());
    }

    private String start() {
        return PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}")
                .text("runId");
    }

    private static Answer result(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
    }

    private static Answer replay(String run, String body) {
        return PLANE.ask("POST", "/api/v1/runs/" + run + "/replay", body);
    }

    private String failedInSecond(TestWorker worker) {
        var run = start();
        worker.succeed(worker.assignment().getAttempt(), "\"one\"");
        worker.fail(worker.assignment().getAttempt(), DOWN);
        assertThat(result(run).text("state")).isEqualTo("FAILED");
        return run;
    }

    /** Waits until lists show the run so. */
    private void projected(String run, String state) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        var page = "";
        while (System.nanoTime() < end) {
            page = PLANE.ask("GET", "/api/v1/runs?workflow=" + workflow + "&state=" + state, "")
                    .body();
            if (page.contains(run)) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("The run is not projected as " + state + ": " + page);
    }

    @Test
    void aReplayRunsWhatFailedAndKeepsWhatSucceeded() {
        try (var worker = worker("first", "second")) {
            var run = failedInSecond(worker);
            projected(run, "FAILED");
            var replayed = replay(run, "{\"reason\":\"it is up again\"}");
            assertThat(replayed.status()).as(replayed.body()).isEqualTo(202);
            assertThat(replayed.text("generation")).contains("2");

            var second = worker.assignment();
            assertThat(second.getAttempt().getStep()).isEqualTo("second");
            assertThat(second.getAttempt().getGeneration()).isEqualTo(2);
            assertThat(second.getArguments(0).getValue().toStringUtf8()).isEqualTo("\"one\"");
            worker.succeed(second.getAttempt(), "\"two\"");
            assertThat(result(run).body()).contains("\"state\":\"SUCCEEDED\"", "\"result\":\"two\"");
            projected(run, "SUCCEEDED");

            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/history", "").body())
                    .containsSubsequence(
                            "\"state\":\"FAILED\"",
                            "\"state\":\"REPLAYED\"",
                            "it is up again",
                            "\"state\":\"SUCCEEDED\"");
            var detail = PLANE.ask("GET", "/api/v1/runs/" + run, "").body();
            assertThat(detail).contains("\"generation\":2").doesNotContain("\"number\":2");
        }
    }

    @Test
    void aReplayFromAStepRunsItAndWhatFollowsWithTheEditedInput() {
        try (var worker = worker("first", "second")) {
            var run = start();
            worker.succeed(worker.assignment().getAttempt(), "1");
            worker.succeed(worker.assignment().getAttempt(), "2");
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");

            assertThat(replay(run, "{\"reason\":\"test\"}").code()).isEqualTo("NOTHING_TO_REPLAY");
            assertThat(replay(run, "{\"reason\":\"test\",\"from\":\"STEP\",\"step\":\"third\"}")
                            .code())
                    .isEqualTo("STEP_NOT_FOUND");
            assertThat(replay(run, "{\"reason\":\"test\",\"from\":\"STEP\"}").text("path"))
                    .isEqualTo("$.step");
            assertThat(replay(run, "{\"reason\":\"test\",\"from\":\"START\",\"input\":{\"cents\":-1}}")
                            .code())
                    .isEqualTo("SCHEMA_MISMATCH");

            var replayed =
                    replay(run, "{\"reason\":\"test\",\"from\":\"STEP\",\"step\":\"first\",\"input\":{\"cents\":70}}");
            assertThat(replayed.status()).as(replayed.body()).isEqualTo(202);
            var first = worker.assignment();
            assertThat(first.getArguments(0).getValue().toStringUtf8()).isEqualTo("{\"cents\":70}");
            assertThat(replay(run, "{\"reason\":\"too early\"}").code()).isEqualTo("RUN_NOT_FINISHED");
            worker.succeed(first.getAttempt(), "3");
            worker.succeed(worker.assignment().getAttempt(), "4");
            assertThat(result(run).body()).contains("\"result\":4");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                           | FIELD_INVALID | $.reason
            {"reason":""}                                | FIELD_INVALID | $.reason
            {"reason":7}                                 | FIELD_INVALID | $.reason
            {"reason":"r","from":"NOWHERE"}              | FIELD_INVALID | $.from
            {"reason":"r","from":"STEP","step":""}       | FIELD_INVALID | $.step
            {"reason":"r","sudo":true}                   | UNKNOWN_FIELD | $.sudo
            {"reason":"r","reason":"s"}                  | DUPLICATE_KEY | $.reason
            {"reason":"r"                                | INVALID_JSON  | $
            """)
    void aBadReplayIsRefusedWithTheFieldThatIsWrong(String body, String code, String path) {
        var answer = replay("0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.text("path")).startsWith(path);
        assertThat(answer.text("detail")).endsWith(".");
    }

    @Test
    void aBadFilterOfReplaysIsRefusedWithTheFieldThatIsWrong() {
        for (var bad : Map.of(
                        "\"filter\":{}", "$.filter.states",
                        "\"filter\":{\"states\":[]}", "$.filter.states",
                        "\"filter\":{\"states\":[\"FAILED\"],\"createdFrom\":\"yesterday\"}", "$.filter.createdFrom",
                        "\"filter\":{\"states\":[\"FAILED\"]},\"limit\":0", "$.limit",
                        "\"filter\":{\"states\":[\"FAILED\"]},\"limit\":1001", "$.limit")
                .entrySet()) {
            var answer = PLANE.ask("POST", "/api/v1/runs/replays", "{\"reason\":\"test\"," + bad.getKey() + "}");
            assertThat(answer.status()).as(bad.getKey() + answer.body()).isEqualTo(400);
            assertThat(answer.text("path")).as(bad.getKey()).startsWith(bad.getValue());
        }
    }

    @Test
    void failedRunsAreReplayedTogetherByFilter() {
        try (var worker = worker("first", "second")) {
            var one = failedInSecond(worker);
            var two = failedInSecond(worker);
            projected(one, "FAILED");
            projected(two, "FAILED");
            var answer = replayAll("", ",\"workflow\":\"" + workflow + "\"");
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body())
                    .contains(one, two, "\"generation\":2")
                    .doesNotContain("error")
                    .doesNotContain("nextCursor");
            for (int i = 0; i < 2; i++) {
                var again = TestWorker.assignedTo(worker).assignment().getAttempt();
                assertThat(again.getStep()).isEqualTo("second");
                worker.succeed(again, "1");
            }
            assertThat(result(one).text("state")).isEqualTo("SUCCEEDED");
            assertThat(result(two).text("state")).isEqualTo("SUCCEEDED");
            assertThat(PLANE.ask(
                                    "POST",
                                    "/api/v1/runs/replays",
                                    "{\"reason\":\"test\",\"filter\":{\"states\":[\"RUNNING\"]}}")
                            .text("path"))
                    .isEqualTo("$.filter.states");
        }
    }

    @Test
    void aReplayOfManyGoesOnWhereItsCursorSaysAndDoesNothingTwice() {
        try (var worker = worker("first", "second")) {
            var one = failedInSecond(worker);
            var two = failedInSecond(worker);
            var three = failedInSecond(worker);
            for (var run : List.of(one, two, three)) {
                projected(run, "FAILED");
            }
            var filter = ",\"workflow\":\"" + workflow + "\",\"step\":\"second\"";
            var count = replayAll("\"dryRun\":true,", filter);
            assertThat(count.body()).contains("\"matched\":3");
            assertThat(replayAll("\"dryRun\":true,", filter + ",\"error\":\"other.Exception\"")
                            .body())
                    .contains("\"matched\":0");
            var begin = "\"limit\":2,\"cursor\":\"" + count.text("nextCursor") + "\",";
            var first = replayAll(begin, filter);
            assertThat(first.body()).contains(three, two).doesNotContain(one).doesNotContain("error");
            // They fail again before the same part is asked for once more, as after a lost answer.
            for (int i = 0; i < 2; i++) {
                var again = TestWorker.assignedTo(worker).assignment().getAttempt();
                worker.fail(again, DOWN);
            }
            assertThat(result(three).text("state")).isEqualTo("FAILED");
            assertThat(result(two).text("state")).isEqualTo("FAILED");
            var repeated = replayAll(begin, filter);
            assertThat(repeated.body()).doesNotContain("\"generation\":3");
            var rest = replayAll("\"limit\":2,\"cursor\":\"" + first.text("nextCursor") + "\",", filter);
            assertThat(rest.body()).doesNotContain(three).doesNotContain(two).doesNotContain("nextCursor");
            assertThat(first.body() + repeated.body() + rest.body())
                    .contains("\"runId\":\"" + one + "\",\"generation\":2");
            assertThat(replayAll("\"cursor\":\"nonsense\",", filter).code()).isEqualTo("PARAM_INVALID");
        }
    }

    @Test
    void whatFailsIsGroupedByWorkflowStepAndError() {
        try (var worker = worker("first", "second")) {
            var one = failedInSecond(worker);
            var two = failedInSecond(worker);
            projected(one, "FAILED");
            projected(two, "FAILED");
            var groups = PLANE.ask("GET", "/api/v1/runs/failed?workflow=" + workflow, "");
            assertThat(groups.status()).as(groups.body()).isEqualTo(200);
            assertThat(groups.body()).contains("\"count\":2", "\"newestRunId\":\"" + two + "\"", "\"step\":\"second\"");
            assertThat(PLANE.ask("GET", "/api/v1/runs/failed?workflow=another", "")
                            .body())
                    .isEqualTo("{\"items\":[]}");
        }
    }

    @Test
    void anExportHasTheManifestTheInputAndEveryGeneration() {
        try (var worker = worker("first", "second")) {
            var run = failedInSecond(worker);
            projected(run, "FAILED");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/export", "").body())
                    .doesNotContain("\"earlier\"");
            replay(run, "{\"reason\":\"the cause is gone\",\"from\":\"START\",\"input\":{\"cents\":70}}");
            worker.succeed(TestWorker.assignedTo(worker).assignment().getAttempt(), "\"another one\"");
            worker.succeed(TestWorker.assignedTo(worker).assignment().getAttempt(), "{\"n\":7}");
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
            var export = PLANE.ask("GET", "/api/v1/runs/" + run + "/export", "");
            assertThat(export.status()).as(export.body()).isEqualTo(200);
            assertThat(export.body())
                    .contains(
                            "\"format\":\"millrace-run/1\"",
                            "\"manifest\":{",
                            "\"AT_LEAST_ONCE\"",
                            "\"generation\":2",
                            "\"state\":\"REPLAYED\"",
                            "the cause is gone",
                            "\"output\":{\"n\":7}",
                            "\"input\":{\"cents\":70}",
                            "\"output\":\"another one\"");
            assertThat(export.body().substring(export.body().indexOf("\"earlier\":")))
                    .as("as it ended, with the input and results that it had")
                    .contains(
                            "\"generation\":1",
                            "\"state\":\"FAILED\"",
                            "\"input\":{\"cents\":5}",
                            "\"output\":\"one\"",
                            "java.io.IOException")
                    .doesNotContain("another one");
            assertThat(PLANE.ask("GET", "/api/v1/runs/0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d/export", "")
                            .code())
                    .isEqualTo("RUN_NOT_FOUND");
        }
    }

    private static Answer replayAll(String more, String filter) {
        return PLANE.ask(
                "POST",
                "/api/v1/runs/replays",
                "{\"reason\":\"up again\"," + more + "\"filter\":{\"states\":[\"FAILED\"]" + filter + "}}");
    }
}
