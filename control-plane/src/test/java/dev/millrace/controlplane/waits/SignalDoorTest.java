package dev.millrace.controlplane.waits;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Signals over the real doors, against the real core and store. */
class SignalDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "s-" + UUID.randomUUID();
    private final String version = Workflow.register(PLANE, Workflow.durable(workflow), PLANE.token());

    private TestWorker worker() {
        return TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build());
    }

    private String start() {
        return PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
    }

    private static Answer signal(String run, String body) {
        return PLANE.ask("POST", "/api/v1/runs/" + run + "/signals/paid", body);
    }

    private static void waitFor(TestWorker worker, Assignment assignment) {
        worker.send(WorkerFrame.newBuilder()
                .addCheckpoints(CheckpointMade.newBuilder()
                        .setAttempt(assignment.getAttempt())
                        .setNumber(1)
                        .setName("paid")
                        .setCount(1)
                        .setKind(CheckpointKind.SIGNAL)
                        .setWaitMicros(60_000_000))
                .build());
    }

    @Test
    void aStepThatStaysAndOneThatLeftGetTheirSignals() {
        var large = "\"" + "é".repeat(100_000) + "\"";
        try (var worker = worker()) {
            var run = start();
            var first = worker.assignment();
            waitFor(worker, first);
            worker.await(frame -> frame.getCheckpointsCount() > 0);
            var sent = signal(run, "{\"data\":{\"cents\": 42},\"requestId\":\"p-1\"}");
            assertThat(sent.status()).as(sent.body()).isEqualTo(202);
            assertThat(sent.body()).contains("\"duplicate\":false");
            var settled = worker.await(frame -> frame.getCheckpointsCount() > 0)
                    .getCheckpoints(0)
                    .getSettled();
            assertThat(settled.getValue().toStringUtf8()).isEqualTo("{\"cents\": 42}");
            assertThat(signal(run, "{\"data\":1,\"requestId\":\"p-1\"}").body()).contains("\"duplicate\":true");
            worker.succeed(first.getAttempt(), "1");

            var other = start();
            var second = worker.assignment();
            waitFor(worker, second);
            worker.send(WorkerFrame.newBuilder()
                    .addSuspended(Suspended.newBuilder().setAttempt(second.getAttempt()))
                    .build());
            assertThat(signal(other, "{\"data\":" + large + "}").status()).isEqualTo(202);
            var third = worker.assignment();
            var trail = worker.await(frame -> frame.getTrailsCount() > 0).getTrails(0);
            assertThat(third.getAttempt().getAttempt()).isEqualTo(2);
            assertThat(trail.getCheckpoints(0).getState()).isEqualTo(Checkpoint.State.DONE);
            assertThat(trail.getCheckpoints(0).getValue().toStringUtf8()).isEqualTo(large);
            worker.succeed(third.getAttempt(), "1");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + other + "/result?waitSeconds=20", "")
                            .text("state"))
                    .isEqualTo("SUCCEEDED");
            var late = signal(other, "{\"data\":1}");
            assertThat(late.status()).isEqualTo(409);
            assertThat(late.code()).isEqualTo("RUN_FINISHED");
        }
    }

    @Test
    void whatIsNoSignalIsRefusedWithThePath() {
        var run = start();
        assertThat(signal(run, "{\"requestId\":\"x\"}").status()).isEqualTo(400);
        assertThat(signal(run, "{\"data\":1,\"requestId\":\" \"}").text("path")).isEqualTo("$.requestId");
        assertThat(signal(run, "{\"data\":1,\"requestId\":\"" + "x".repeat(201) + "\"}")
                        .status())
                .isEqualTo(400);
        assertThat(signal(run, "{\"data\":}").code()).isEqualTo("INVALID_JSON");
        assertThat(PLANE.ask("POST", "/api/v1/runs/" + run + "/signals/" + "x".repeat(201), "{\"data\":1}")
                        .status())
                .isEqualTo(400);
        assertThat(signal(UUID.randomUUID().toString(), "{\"data\":1}").code()).isEqualTo("RUN_NOT_FOUND");
    }

    @Test
    void aRunThatHasNoDurableStepRefusesSignals() {
        var plain = "s-" + UUID.randomUUID();
        Workflow.register(PLANE, Workflow.chain(plain, "first"), PLANE.token());
        var run = PLANE.ask("POST", "/api/v1/workflows/" + plain + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
        var refused = signal(run, "{\"data\":1}");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("SIGNAL_NOT_EXPECTED");
    }

    @Test
    void aSignalThatIsKeptIsPartOfTheRunAfterItsImageIsStored() {
        try (var worker = worker()) {
            var run = start();
            var first = worker.assignment();
            assertThat(signal(run, "{\"data\":\"early\",\"requestId\":\"e-1\"}").status())
                    .isEqualTo(202);
            waitFor(worker, first);
            var settled = worker.await(
                            frame -> frame.getCheckpointsList().stream().anyMatch(news -> news.hasSettled()))
                    .getCheckpointsList();
            assertThat(settled.get(settled.size() - 1).getSettled().getValue().toStringUtf8())
                    .isEqualTo("\"early\"");
            worker.succeed(first.getAttempt(), "1");
        }
    }
}
