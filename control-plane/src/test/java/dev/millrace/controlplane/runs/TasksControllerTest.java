package dev.millrace.controlplane.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.OutputSpec;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What operators do to tasks, and what the history tells of it. */
class TasksControllerTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "t-" + UUID.randomUUID();

    private String start() {
        var answer = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    private static Answer settle(String run, String step, String how, String body) {
        return PLANE.ask("POST", "/api/v1/runs/" + run + "/tasks/" + step + "/" + how, body);
    }

    private static Answer result(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
    }

    private static Answer history(String run, String query) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/history" + query, "");
    }

    @Test
    void aTaskThatIsCompletedByHandGivesItsResultToTheNextOne() {
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "first", "second"), PLANE.token());
        var run = start();
        var completed = settle(run, "first", "complete", "{\"reason\":\"paid by hand\",\"result\":{\"paid\":1.50}}");
        assertThat(completed.status()).as(completed.body()).isEqualTo(200);
        assertThat(completed.text("state")).isEqualTo("SUCCEEDED");
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var second = worker.assignment();
            assertThat(second.getAttempt().getStep()).isEqualTo("second");
            assertThat(second.getArguments(0).getValue().toStringUtf8()).isEqualTo("{\"paid\":1.50}");
            worker.succeed(second.getAttempt(), "true");
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
        }
        assertThat(history(run, "").body()).contains("of service default: paid by hand");
    }

    @Test
    void aResultByHandIsHeldAgainstTheStepsSchema() {
        Workflow.register(
                PLANE,
                Workflow.returning(
                        workflow, new OutputSpec(OutputSpec.Kind.VALUE, "int", Json.read("{\"type\":\"integer\"}"))),
                PLANE.token());
        var run = start();
        var refused = settle(run, "only", "complete", "{\"reason\":\"test\",\"result\":\"x\"}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("SCHEMA_MISMATCH");
        assertThat(refused.text("path")).isEqualTo("$.result");
        assertThat(settle(run, "only", "complete", "{\"reason\":\"test\"}").code())
                .as("a value is missing")
                .isEqualTo("SCHEMA_MISMATCH");
        assertThat(settle(run, "only", "complete", "{\"reason\":\"test\",\"result\":7}")
                        .status())
                .isEqualTo(200);
        assertThat(result(run).body()).contains("\"result\":7");
    }

    @Test
    void aTaskThatIsFailedByHandFailsItsRunAndVoidsItsAttempt() {
        var version = Workflow.register(PLANE, Workflow.retried(workflow, 3), PLANE.token());
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start();
            var attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
            assertThat(settle(run, "only", "fail", "{\"reason\":\"bankrupt\"}").text("state"))
                    .isEqualTo("FAILED");
            assertThat(worker.await(frame -> frame.getCancelsCount() > 0)
                            .getCancels(0)
                            .getAttempt())
                    .isEqualTo(attempt);
            assertThat(result(run).body()).contains("\"code\":\"FAILED_BY_HAND\"", "bankrupt");
            var late = worker.succeed(attempt, "1");
            assertThat(worker.acknowledged(late).getAck().getRefusedCount()).isEqualTo(1);
        }
    }

    @Test
    void aCancelledTaskHasItsSayAndThenFailsItsRun() {
        var version = Workflow.register(PLANE, Workflow.retried(workflow, 3), PLANE.token());
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start();
            var attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
            assertThat(settle(run, "only", "cancel", "{\"reason\":\"not wanted\"}")
                            .status())
                    .isEqualTo(202);
            assertThat(worker.await(frame -> frame.getCancelsCount() > 0)
                            .getCancels(0)
                            .getReason())
                    .isEqualTo("TASK_CANCELLED");
            worker.cancelled(attempt);
            assertThat(result(run).body()).contains("\"code\":\"TASK_CANCELLED\"");
            assertThat(settle(run, "only", "cancel", "{\"reason\":\"again\"}").status())
                    .as("twice is the same as once")
                    .isEqualTo(202);
        }
    }

    @Test
    void aTaskThatIsSkippedByHandIsSkipped() {
        Workflow.register(PLANE, Workflow.chain(workflow, "first", "second"), PLANE.token());
        var run = start();
        assertThat(settle(run, "first", "skip", "{\"reason\":\"not needed\"}").text("state"))
                .isEqualTo("SKIPPED");
        assertThat(history(run, "").body()).contains("\"SKIPPED\"", "not needed");
    }

    @Test
    void whatCannotBeSettledIsRefusedWithItsReason() {
        Workflow.register(PLANE, Workflow.chain(workflow, "first", "second"), PLANE.token());
        var run = start();
        var why = "{\"reason\":\"test\"}";
        assertThat(settle(run, "second", "fail", why).code()).isEqualTo("TASK_PENDING");
        assertThat(settle(run, "third", "fail", why).code()).isEqualTo("TASK_NOT_FOUND");
        assertThat(settle(run, "first", "fail", "{}").code()).isEqualTo("FIELD_INVALID");
        assertThat(settle(run, "first", "fail", "{\"reason\":\"test\",\"element\":1}")
                        .text("path"))
                .isEqualTo("$.element");
        assertThat(settle(UUID.randomUUID().toString(), "first", "fail", why).code())
                .isEqualTo("RUN_NOT_FOUND");
        assertThat(settle(run, "first", "fail", why).status()).isEqualTo(200);
        assertThat(result(run).text("state")).isEqualTo("FAILED");
        assertThat(settle(run, "first", "complete", "{\"reason\":\"test\",\"result\":1}")
                        .code())
                .isEqualTo("TASK_FINISHED");
    }

    @Test
    void theHistoryHasEveryTransitionInOrderPageByPage() {
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = start();
            var attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
            worker.succeed(attempt, "1");
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");

            var whole = history(run, "");
            assertThat(whole.body())
                    .containsSubsequence(
                            "\"scope\":\"RUN\",\"state\":\"QUEUED\"",
                            "\"scope\":\"ATTEMPT\",\"state\":\"OFFERED\",\"step\":\"only\",\"attempt\":1",
                            "\"scope\":\"ATTEMPT\",\"state\":\"RUNNING\"",
                            "\"scope\":\"ATTEMPT\",\"state\":\"SUCCEEDED\"",
                            "\"scope\":\"RUN\",\"state\":\"SUCCEEDED\"");
            assertThat(whole.json().members()).doesNotContainKey("nextCursor");

            var pages = new StringBuilder();
            var query = "?limit=1";
            while (!query.isEmpty()) {
                var page = history(run, query);
                assertThat(page.status()).as(page.body()).isEqualTo(200);
                pages.append(items(page)).append(',');
                query = page.json().members().containsKey("nextCursor")
                        ? "?limit=1&cursor=" + page.text("nextCursor")
                        : "";
            }
            assertThat(pages.substring(0, pages.length() - 1)).isEqualTo(items(whole));
            assertThat(history(run, "?cursor=eA").code()).isEqualTo("PARAM_INVALID");
        }
    }

    private static String items(Answer page) {
        return page.body().substring(page.body().indexOf('[') + 1, page.body().lastIndexOf(']'));
    }
}
