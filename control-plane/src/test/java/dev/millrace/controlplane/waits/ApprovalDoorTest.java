package dev.millrace.controlplane.waits;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.Assignment;
import dev.millrace.protocol.worker.v1.Checkpoint;
import dev.millrace.protocol.worker.v1.CheckpointKind;
import dev.millrace.protocol.worker.v1.CheckpointMade;
import dev.millrace.protocol.worker.v1.Suspended;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What runs ask people, over the real doors, against the real core and store. */
class ApprovalDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"ok\":{\"type\":\"boolean\"}},\"required\":[\"ok\"]}";
    private final String workflow = "a-" + UUID.randomUUID();
    private final String role = "editor-" + UUID.randomUUID();
    private final String version = Workflow.register(PLANE, Workflow.durable(workflow), PLANE.token());

    private TestWorker worker() {
        return TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build());
    }

    private Assignment asking(TestWorker worker) {
        return asking(worker, "");
    }

    /** @param more members of what is asked, each with a comma before it */
    private Assignment asking(TestWorker worker, String more) {
        PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}");
        var assignment = worker.assignment();
        worker.send(WorkerFrame.newBuilder()
                .addCheckpoints(CheckpointMade.newBuilder()
                        .setAttempt(assignment.getAttempt())
                        .setNumber(1)
                        .setName(role)
                        .setCount(1)
                        .setKind(CheckpointKind.APPROVAL)
                        .setWaitMicros(3_600_000_000L)
                        .setAsk(ByteString.copyFromUtf8(
                                "{\"role\":\"" + role + "\",\"schema\":" + SCHEMA + more + "}")))
                .addSuspended(Suspended.newBuilder().setAttempt(assignment.getAttempt()))
                .build());
        return assignment;
    }

    @Test
    void anApprovalThatNobodyAnswersGoesToOthersByItself() {
        var chief = "chief-" + UUID.randomUUID();
        try (var worker = worker()) {
            // Of its hour all but a second is left then.
            asking(worker, ",\"escalate\":{\"to\":\"" + chief + "\",\"leftMillis\":3599000}");
            var listed = until(() -> PLANE.ask("GET", "/api/v1/approvals?role=" + chief, ""), "approvalId");
            var approval = listed.body().replaceFirst(".*\"approvalId\":\"([^\"]*)\".*", "$1");
            assertThat(PLANE.ask("GET", "/api/v1/approvals?role=" + role, "").body())
                    .doesNotContain(approval);
            assertThat(PLANE.ask("POST", "/api/v1/approvals/" + approval + "/claim", "{\"by\":\"cleo\"}")
                            .status())
                    .isEqualTo(200);
            assertThat(PLANE.ask("POST", "/api/v1/approvals/" + approval + "/claim", "{\"by\":\"ada\"}")
                            .status())
                    .isEqualTo(409);
            assertThat(PLANE.ask(
                                    "POST",
                                    "/api/v1/approvals/" + approval + "/answer",
                                    "{\"answer\":{\"ok\":true},\"by\":\"cleo\"}")
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void whoHadTakenAnApprovalOnBeforeItWentToOthersHasItNoLonger() {
        try (var worker = worker()) {
            // Long enough to be claimed first, also on a machine that does other things.
            asking(worker, ",\"escalate\":{\"to\":\"chief\",\"leftMillis\":3596000}");
            var approval = open();
            var claimed = PLANE.ask("POST", "/api/v1/approvals/" + approval + "/claim", "{\"by\":\"ada\"}");
            assertThat(claimed.body()).contains("\"claimedBy\":\"ada ");
            var escalated = until(() -> PLANE.ask("GET", "/api/v1/approvals/" + approval, ""), "\"role\":\"chief\"");
            assertThat(escalated.body()).doesNotContain("claimedBy");
            assertThat(PLANE.ask("POST", "/api/v1/approvals/" + approval + "/claim", "{\"by\":\"cleo\"}")
                            .body())
                    .contains("\"claimedBy\":\"cleo ");
        }
    }

    private static Answer until(Supplier<Answer> ask, String contains) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var answer = ask.get();
            if (answer.body().contains(contains)) {
                return answer;
            }
            assertThat(System.nanoTime()).as(answer.body()).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private String open() {
        var listed = until(() -> PLANE.ask("GET", "/api/v1/approvals?role=" + role, ""), "approvalId");
        return listed.body().replaceFirst(".*\"approvalId\":\"([^\"]*)\".*", "$1");
    }

    /** What was done to it, each with the first word of who or what. */
    private static List<String> audited(String approval) {
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.prepareStatement(
                        "SELECT action || ' ' || split_part(detail, ' ', 1) FROM core.audit WHERE subject = ? ORDER BY at")) {
            statement.setString(1, approval);
            var audited = new ArrayList<String>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    audited.add(rows.getString(1));
                }
            }
            return audited;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static Answer on(String approval, String what, String body) {
        return PLANE.ask("POST", "/api/v1/approvals/" + approval + "/" + what, body);
    }

    @Test
    void anAnswerWakesTheStepAndALaterOneIsToldWhoWasFirst() {
        try (var worker = worker()) {
            asking(worker);
            var approval = open();
            assertThat(PLANE.ask("GET", "/api/v1/approvals/" + approval, "").body())
                    .contains("\"required\":[\"ok\"]", role, workflow);
            var wrong = on(approval, "answer", "{\"answer\":{\"ok\":\"maybe\"}}");
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.text("path")).isEqualTo("$.answer.ok");
            var answered = on(approval, "answer", "{\"answer\":{\"ok\":true},\"by\":\"ada\"}");
            assertThat(answered.status()).as(answered.body()).isEqualTo(200);
            assertThat(audited(approval)).containsExactly("approval.answer ada");
            var second = worker.assignment();
            var trail = worker.await(frame -> frame.getTrailsCount() > 0).getTrails(0);
            assertThat(trail.getCheckpoints(0).getState()).isEqualTo(Checkpoint.State.DONE);
            assertThat(trail.getCheckpoints(0).getValue().toStringUtf8()).isEqualTo("{\"ok\":true}");
            var late = on(approval, "answer", "{\"answer\":{\"ok\":false},\"by\":\"bob\"}");
            assertThat(late.status()).isEqualTo(409);
            assertThat(late.code()).isEqualTo("APPROVAL_OVER");
            assertThat(late.body()).contains("was answered by ada (token ", " at 20");
            worker.succeed(second.getAttempt(), "1");
            until(() -> on(approval, "answer", "{\"answer\":{\"ok\":false}}"), "was answered by ada");
        }
    }

    @Test
    void whatSomebodyHasTakenOnIsNotAnsweredByOthers() {
        try (var worker = worker()) {
            asking(worker);
            var approval = open();
            assertThat(on(approval, "claim", "{\"by\":\"ada\"}").body()).contains("\"claimedBy\":\"ada (token ");
            var other = on(approval, "claim", "{\"by\":\"bob\"}");
            assertThat(other.status()).isEqualTo(409);
            assertThat(other.code()).isEqualTo("APPROVAL_TAKEN");
            assertThat(other.body()).contains("taken on by ada");
            assertThat(on(approval, "answer", "{\"answer\":{\"ok\":true},\"by\":\"bob\"}")
                            .code())
                    .isEqualTo("APPROVAL_TAKEN");
            assertThat(on(approval, "release", "").status()).isEqualTo(200);
            assertThat(on(approval, "answer", "{\"answer\":{\"ok\":true},\"by\":\"bob\"}")
                            .status())
                    .isEqualTo(200);
            worker.succeed(worker.assignment().getAttempt(), "1");
        }
    }

    @Test
    void anApprovalIsHandedOnOrGivenUp() {
        try (var worker = worker()) {
            asking(worker);
            var approval = open();
            on(approval, "claim", "{\"by\":\"ada\"}");
            var handed = on(approval, "escalate", "{\"role\":\"chief-" + role + "\",\"reason\":\"on leave\"}");
            assertThat(handed.body())
                    .contains("\"role\":\"chief-" + role, "\"askedRole\":\"" + role)
                    .doesNotContain("claimedBy");
            assertThat(PLANE.ask("GET", "/api/v1/approvals?role=" + role, "").body())
                    .doesNotContain(approval);
            assertThat(PLANE.ask("GET", "/api/v1/approvals?role=chief-" + role, "")
                            .body())
                    .contains(approval);
            assertThat(on(approval, "expire", "{\"by\":\"ada\"}").status()).isEqualTo(200);
            assertThat(audited(approval))
                    .containsExactly(
                            "approval.claim ada", "approval.escalate chief-" + role + ":", "approval.expire ada");
            worker.assignment();
            var trail = worker.await(frame -> frame.getTrailsCount() > 0).getTrails(0);
            assertThat(trail.getCheckpoints(0).getState()).isEqualTo(Checkpoint.State.TIMED_OUT);
            assertThat(on(approval, "answer", "{\"answer\":{\"ok\":true}}").body())
                    .contains("is over by ada");
        }
    }

    @Test
    void whatIsNoApprovalIsNotFound() {
        assertThat(on("nonsense", "release", "").code()).isEqualTo("APPROVAL_NOT_FOUND");
        assertThat(on("no", "release", "").code()).isEqualTo("APPROVAL_NOT_FOUND");
        assertThat(on("no-id", "release", "").code()).isEqualTo("PARAM_INVALID");
        assertThat(PLANE.ask("GET", "/api/v1/approvals/" + "A".repeat(60), "").code())
                .isEqualTo("APPROVAL_NOT_FOUND");
    }
}
