package dev.millrace.controlplane.waits;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.Assignment;
import dev.millrace.protocol.worker.v1.CheckpointKind;
import dev.millrace.protocol.worker.v1.CheckpointMade;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Signals with an answer, over the real doors, against the real core and store. */
class RequestDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "q-" + UUID.randomUUID();
    private final String version = Workflow.register(PLANE, Workflow.durable(workflow), PLANE.token());

    private TestWorker worker() {
        return TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build());
    }

    private String start() {
        return PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
    }

    private static Answer request(String run, String id, int seconds) {
        return PLANE.ask(
                "POST",
                "/api/v1/runs/" + run + "/requests/quote?waitSeconds=" + seconds,
                "{\"data\":{\"pages\":3},\"requestId\":\"" + id + "\"}");
    }

    /** Waits for the signal and answers it. */
    private static void answer(TestWorker worker, Assignment assignment, String json) {
        worker.send(WorkerFrame.newBuilder()
                .addCheckpoints(CheckpointMade.newBuilder()
                        .setAttempt(assignment.getAttempt())
                        .setNumber(1)
                        .setName("quote")
                        .setCount(1)
                        .setKind(CheckpointKind.SIGNAL)
                        .setWaitMicros(3_600_000_000L))
                .build());
        var settled = worker
                .await(frame -> frame.getCheckpointsList().stream().anyMatch(news -> news.hasSettled()))
                .getCheckpointsList()
                .stream()
                .filter(news -> news.hasSettled())
                .findFirst()
                .orElseThrow()
                .getSettled();
        worker.send(WorkerFrame.newBuilder()
                .addCheckpoints(CheckpointMade.newBuilder()
                        .setAttempt(assignment.getAttempt())
                        .setNumber(2)
                        .setName("answer quote")
                        .setCount(1)
                        .setPlace(1)
                        .setKind(CheckpointKind.ANSWER)
                        .setDigest(settled.getSource())
                        .setValue(ByteString.copyFromUtf8(json)))
                .build());
    }

    @Test
    void whoAsksGetsTheAnswerAndWhoAsksAgainTheSame() throws Exception {
        try (var worker = worker()) {
            var run = start();
            var assignment = worker.assignment();
            var asked = CompletableFuture.supplyAsync(() -> request(run, "r1", 60));
            answer(worker, assignment, "{\"cents\":15}");
            var answered = asked.get(30, TimeUnit.SECONDS);
            assertThat(answered.status()).as(answered.body()).isEqualTo(200);
            assertThat(answered.body()).contains("\"answer\":{\"cents\":15}");
            worker.succeed(assignment.getAttempt(), "1");
            assertThat(request(run, "r1", 60).body()).as("after the end").contains("\"answered\":true");
        }
    }

    @Test
    void whoAsksIsNotKeptWaiting() {
        try (var worker = worker()) {
            var run = start();
            var assignment = worker.assignment();
            var late = request(run, "r1", 0);
            assertThat(late.status()).isEqualTo(202);
            assertThat(late.body()).contains("\"answered\":false").doesNotContain("\"answer\":");
            var waiting = CompletableFuture.supplyAsync(() -> request(run, "r1", 60));
            worker.succeed(assignment.getAttempt(), "1");
            var refused = waiting.join();
            assertThat(refused.status()).as(refused.body()).isEqualTo(409);
            assertThat(refused.code()).isEqualTo("RUN_FINISHED");
            assertThat(request(run, "r2", 60).code()).isEqualTo("RUN_FINISHED");
        }
    }

    @Test
    void aRunThatIsNotThereIsNotFound() {
        assertThat(request(UUID.randomUUID().toString(), "r1", 60).code()).isEqualTo("RUN_NOT_FOUND");
    }
}
