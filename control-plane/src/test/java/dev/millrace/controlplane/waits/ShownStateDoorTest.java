package dev.millrace.controlplane.waits;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.Assignment;
import dev.millrace.protocol.worker.v1.CheckpointKind;
import dev.millrace.protocol.worker.v1.CheckpointMade;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What durable steps show of themselves, over the real doors, against the real core and store. */
class ShownStateDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "s-" + UUID.randomUUID();
    private final String version = Workflow.register(PLANE, Workflow.durable(workflow), PLANE.token());

    private static void show(TestWorker worker, Assignment assignment, int number, String json) {
        worker.send(WorkerFrame.newBuilder()
                .addCheckpoints(CheckpointMade.newBuilder()
                        .setAttempt(assignment.getAttempt())
                        .setNumber(number)
                        .setBranch("=")
                        .setName("state")
                        .setCount(1)
                        .setKind(CheckpointKind.STATE)
                        .setValue(ByteString.copyFromUtf8(json)))
                .build());
        worker.await(frame -> frame.getCheckpointsList().stream()
                .anyMatch(news -> news.hasStored() && news.getStored().getNumber() == number));
    }

    private static String state(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/state", "").body();
    }

    @Test
    void theNewestIsTold() {
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}")
                    .text("runId");
            var assignment = worker.assignment();
            assertThat(state(run)).contains("\"items\":[]");
            show(worker, assignment, 1, "{\"stage\":1}");
            assertThat(state(run)).contains("\"state\":{\"stage\":1}", "\"step\":\"only\"", "\"at\":\"20");
            var large = "\"" + "x".repeat(60_000) + "\"";
            show(worker, assignment, 2, large);
            assertThat(state(run)).contains(large).doesNotContain("stage");
            worker.succeed(assignment.getAttempt(), "1");
        }
    }

    @Test
    void aRunThatIsNotThereIsNotFound() {
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + UUID.randomUUID() + "/state", "")
                        .code())
                .isEqualTo("RUN_NOT_FOUND");
    }
}
