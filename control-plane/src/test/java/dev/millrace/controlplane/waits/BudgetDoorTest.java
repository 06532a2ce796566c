package dev.millrace.controlplane.waits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.BudgetExceeded;
import dev.millrace.manifest.BudgetSpec;
import dev.millrace.protocol.worker.v1.Amount;
import dev.millrace.protocol.worker.v1.Completion;
import dev.millrace.protocol.worker.v1.Spent;
import dev.millrace.protocol.worker.v1.Success;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Runs that ask for more of a budget, over REST and a real stream. */
class BudgetDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();

    private final String workflow = "b-" + UUID.randomUUID();

    private TestWorker worker() {
        var manifest = Workflow.chain(workflow, "first", "second").toBuilder()
                .budgets(List.of(new BudgetSpec("tokens", 100, BudgetExceeded.ASK)))
                .build();
        var version = Workflow.register(PLANE, manifest, PLANE.token());
        return TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build());
    }

    /** A run that has used 130 of 100. */
    private String asking(TestWorker worker) {
        var run = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}")
                .text("runId");
        worker.acknowledged(worker.complete(Completion.newBuilder()
                .setAttempt(worker.assignment().getAttempt())
                .setSuccess(Success.newBuilder().setResult(ByteString.copyFromUtf8("1")))
                .setSpent(Spent.newBuilder()
                        .addUsed(Amount.newBuilder().setName("tokens").setAmount(130)))));
        return run;
    }

    private static Answer raise(String run, String body) {
        return PLANE.ask("POST", "/api/v1/runs/" + run + "/budget", body);
    }

    private String approval(String run) {
        await().atMost(Duration.ofSeconds(20)).until(() -> approvals().contains(run));
        return approvals().replaceAll(".*\"approvalId\":\"([^\"]+)\",\"runId\":\"" + run + "\".*", "$1");
    }

    private static String approvals() {
        return PLANE.ask("GET", "/api/v1/approvals?limit=200", "").body();
    }

    private static String result(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "")
                .text("state");
    }

    @Test
    void aRunThatAsksGoesOnWhenSomebodyRaisesItsBudget() throws SQLException {
        try (var worker = worker()) {
            var run = asking(worker);
            var why = PLANE.ask("GET", "/api/v1/runs/" + run + "/explain", "");
            assertThat(why.body())
                    .contains("\"gate\":\"BUDGET\"", "\"name\":\"tokens\"", "\"taken\":130", "\"limit\":100")
                    .contains("lets the run use more than 100");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run, "").text("state"))
                    .isEqualTo("WAITING");

            var raised = raise(run, "{\"budget\":\"tokens\",\"limit\":500,\"reason\":\"worth it\",\"by\":\"ada\"}");

            assertThat(raised.status()).as(raised.body()).isEqualTo(200);
            assertThat(raised.body()).contains("\"used\":130", "\"limit\":500");
            worker.succeed(worker.assignment().getAttempt(), "1");
            assertThat(result(run)).isEqualTo("SUCCEEDED");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/history", "").body())
                    .contains("BUDGET_RAISED", "'tokens' to 500 by ada (token ", "worth it");
            assertThat(audited(run)).contains("tokens to 500 by ada");
        }
    }

    private static String audited(String run) throws SQLException {
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.prepareStatement(
                        "SELECT detail FROM core.audit WHERE action = 'run.budget' AND subject = ?")) {
            statement.setString(1, run);
            try (var rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                return rows.getString(1);
            }
        }
    }

    @Test
    void theInboxShowsItAndAnAnswerRaisesIt() {
        try (var worker = worker()) {
            var run = asking(worker);
            var approval = approval(run);
            var shown = PLANE.ask("GET", "/api/v1/approvals/" + approval, "");
            assertThat(shown.body())
                    .contains("\"budget\":\"tokens\"", "may use 100 of 'tokens'", "\"minimum\":101", "\"expiresAt\"");

            var wrong = PLANE.ask("POST", "/api/v1/approvals/" + approval + "/answer", "{\"answer\":{\"limit\":100}}");
            assertThat(wrong.code()).isEqualTo("SCHEMA_MISMATCH");
            var expired = PLANE.ask("POST", "/api/v1/approvals/" + approval + "/expire", "{}");
            assertThat(expired.code()).isEqualTo("BUDGET_NOT_RAISED");
            assertThat(expired.text("detail")).contains("cannot go on without more of 'tokens'", "or cancel the run");

            var first = PLANE.ask(
                    "POST", "/api/v1/approvals/" + approval + "/answer", "{\"answer\":{\"limit\":110},\"by\":\"ada\"}");
            assertThat(first.status()).as(first.body()).isEqualTo(200);
            var next = nextApproval(run, approval);
            assertThat(PLANE.ask("GET", "/api/v1/approvals/" + approval, "").code())
                    .isEqualTo("APPROVAL_OVER");
            PLANE.ask("POST", "/api/v1/approvals/" + next + "/answer", "{\"answer\":{\"limit\":500}}");

            worker.succeed(worker.assignment().getAttempt(), "1");
            assertThat(result(run)).isEqualTo("SUCCEEDED");
            await().atMost(Duration.ofSeconds(20)).until(() -> !approvals().contains(run));
        }
    }

    private String nextApproval(String run, String before) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> approvals().contains(run) && !approval(run).equals(before));
        return approval(run);
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        try (var worker = worker()) {
            var run = asking(worker);
            assertThat(raise(run, "{\"budget\":\"tokens\",\"limit\":99}").code())
                    .isEqualTo("BUDGET_NOT_RAISED");
            assertThat(raise(run, "{\"budget\":\"cents\",\"limit\":99}").code()).isEqualTo("BUDGET_NOT_FOUND");
            assertThat(raise(run, "{\"budget\":\"tokens\",\"limit\":0}").status())
                    .isEqualTo(400);
            assertThat(raise(run, "{\"budget\":\"tokens\",\"limit\":-5}").status())
                    .isEqualTo(400);
            assertThat(raise(run, "{\"budget\":\"tokens\",\"limit\":1.5}").status())
                    .isEqualTo(400);
            assertThat(raise(run, "{\"budget\":\"tokens\"}").status()).isEqualTo(400);
            assertThat(raise(UUID.randomUUID().toString(), "{\"budget\":\"tokens\",\"limit\":900}")
                            .code())
                    .isEqualTo("RUN_NOT_FOUND");
            PLANE.ask("POST", "/api/v1/runs/" + run + "/cancel", "{\"reason\":\"too dear\"}");
            assertThat(result(run)).isEqualTo("CANCELLED");
            assertThat(raise(run, "{\"budget\":\"tokens\",\"limit\":900}").code())
                    .isEqualTo("RUN_FINISHED");
        }
    }
}
