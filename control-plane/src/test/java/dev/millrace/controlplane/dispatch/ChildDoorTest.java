package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.streams.WireIds;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.Visibility;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.Checkpoint;
import dev.millrace.protocol.worker.v1.CheckpointKind;
import dev.millrace.protocol.worker.v1.CheckpointMade;
import dev.millrace.protocol.worker.v1.CheckpointNews;
import dev.millrace.protocol.worker.v1.ChildStart;
import dev.millrace.protocol.worker.v1.ReadChild;
import dev.millrace.protocol.worker.v1.ServerFrame;
import dev.millrace.protocol.worker.v1.Suspended;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Runs that durable steps start, over real streams, against the real core and store. */
class ChildDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String parents = "p-" + UUID.randomUUID();
    private final String children = "c-" + UUID.randomUUID();
    private final String parentVersion = Workflow.register(PLANE, Workflow.durable(parents), PLANE.token());
    private final String childVersion = Workflow.register(PLANE, Workflow.durable(children), PLANE.token());

    private TestWorker worker(String workflow, String version) {
        return TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build());
    }

    private String start() {
        return PLANE.ask("POST", "/api/v1/workflows/" + parents + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
    }

    private static CheckpointMade.Builder child(AttemptRef attempt, int place, String workflow, String input) {
        return CheckpointMade.newBuilder()
                .setAttempt(attempt)
                .setNumber(place + 1)
                .setName(workflow)
                .setCount(1)
                .setPlace(place)
                .setKind(CheckpointKind.CHILD)
                .setChild(ChildStart.newBuilder()
                        .setWorkflow(workflow)
                        .setInput(ByteString.copyFromUtf8(input))
                        .putMetadata("team", "a"));
    }

    private static CheckpointNews news(TestWorker worker) {
        return worker.await(frame -> frame.getCheckpointsCount() > 0).getCheckpoints(0);
    }

    private static String end(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "")
                .text("state");
    }

    @Test
    void aChildIsStartedAwaitedAndRead() {
        try (var worker = worker(parents, parentVersion);
                var other = worker(children, childVersion)) {
            var run = start();
            var first = worker.assignment().getAttempt();
            worker.send(WorkerFrame.newBuilder()
                    .addCheckpoints(child(first, 0, children, "{\"cents\": 2}"))
                    .addSuspended(Suspended.newBuilder().setAttempt(first))
                    .build());
            var task = other.assignment();
            assertThat(task.getMetadataMap()).containsEntry("team", "a");
            other.succeed(task.getAttempt(), "7");

            var second = worker.assignment().getAttempt();
            var ended = worker.await(frame -> frame.getTrailsCount() > 0)
                    .getTrails(0)
                    .getCheckpoints(0);
            assertThat(ended.getState()).isEqualTo(Checkpoint.State.DONE);
            worker.send(WorkerFrame.newBuilder()
                    .addChildReads(ReadChild.newBuilder().setAttempt(second).setRunId(ended.getChildRunId()))
                    .build());
            var result = worker.await(frame -> frame.getChildResultsCount() > 0).getChildResults(0);
            assertThat(result.getValue().toStringUtf8()).isEqualTo("7");
            worker.succeed(second, "1");
            assertThat(end(run)).isEqualTo("SUCCEEDED");

            var id = WireIds.uuid(ended.getChildRunId()).orElseThrow().toString();
            assertThat(end(id)).isEqualTo("SUCCEEDED");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + id, "").body())
                    .contains("\"parent\":{\"runId\":\"" + run + "\",\"checkpoint\":\"" + children + "#1\"}");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run, "").body()).contains("\"children\":1");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(PLANE.ask("GET", "/api/v1/runs?parent=" + run, "")
                                    .body())
                            .contains(id));
            assertThat(PLANE.ask("GET", "/api/v1/runs?parent=" + id, "").body()).doesNotContain("runId");
        }
    }

    @Test
    void whatIsSentTwiceStartsOneChild() {
        try (var worker = worker(parents, parentVersion)) {
            start();
            var attempt = worker.assignment().getAttempt();
            worker.send(WorkerFrame.newBuilder()
                    .addCheckpoints(child(attempt, 0, children, "{\"cents\": 2}"))
                    .build());
            var first = news(worker).getStored().getChildRunId();
            worker.send(WorkerFrame.newBuilder()
                    .addCheckpoints(child(attempt, 0, children, "{\"cents\": 2}"))
                    .build());
            assertThat(news(worker).getStored().getChildRunId()).isEqualTo(first);
        }
    }

    @Test
    void whatCannotBeStartedIsToldToTheStep() {
        try (var worker = worker(parents, parentVersion)) {
            start();
            var attempt = worker.assignment().getAttempt();
            worker.send(WorkerFrame.newBuilder()
                    .addCheckpoints(child(attempt, 0, "nowhere", "{\"cents\": 2}"))
                    .build());
            assertThat(failed(worker)).isEqualTo("WORKFLOW_NOT_FOUND");
            worker.send(WorkerFrame.newBuilder()
                    .addCheckpoints(child(attempt, 1, children, "\"no order\""))
                    .build());
            assertThat(failed(worker)).isEqualTo("SCHEMA_MISMATCH");
        }
    }

    @Test
    void aPrivateWorkflowOfAnotherServiceIsNotThereForChildren() {
        var service = "shop-" + UUID.randomUUID();
        PLANE.ask("POST", "/api/v1/services", "{\"name\":\"" + service + "\"}");
        var token = PLANE.ask(
                        "POST",
                        "/api/v1/services/" + service + "/tokens",
                        "{\"name\":\"t\",\"permissions\":"
                                + "[\"runs:start\",\"workflows:read\",\"workflows:register\",\"worker:connect\"]}")
                .text("token");
        var theirs = "theirs-" + UUID.randomUUID();
        Workflow.register(PLANE, Workflow.chain(theirs, Visibility.PRIVATE, "only"), PLANE.token());
        var own = "own-" + UUID.randomUUID();
        var version = Workflow.register(PLANE, Workflow.durable(own), token);
        try (var worker =
                TestWorker.connect(PLANE, token, TestWorker.hello(own, version).build())) {
            var run = PLANE.ask("POST", "/api/v1/workflows/" + own + "/runs", "{\"input\":{\"cents\":1}}", token)
                    .text("runId");
            var attempt = worker.assignment().getAttempt();
            worker.send(WorkerFrame.newBuilder()
                    .addCheckpoints(child(attempt, 0, theirs, "{\"cents\": 2}"))
                    .build());
            assertThat(failed(worker)).isEqualTo("WORKFLOW_NOT_FOUND");
            worker.send(WorkerFrame.newBuilder()
                    .addCheckpoints(child(attempt, 1, children, "{\"cents\": 2}"))
                    .build());
            // the code has caught that, and starts one that is public
            worker.await(frame -> frame.getCheckpointsList().stream()
                    .anyMatch(news -> !news.getStored().getChildRunId().isEmpty()));
            worker.succeed(attempt, "1");
            assertThat(end(run)).isEqualTo("SUCCEEDED");
        }
    }

    private static String failed(TestWorker worker) {
        return worker.await(frame -> settled(frame) != null).getCheckpointsList().stream()
                .filter(CheckpointNews::hasSettled)
                .findFirst()
                .orElseThrow()
                .getSettled()
                .getFailure()
                .getType();
    }

    private static CheckpointNews settled(ServerFrame frame) {
        return frame.getCheckpointsList().stream()
                .filter(CheckpointNews::hasSettled)
                .findFirst()
                .orElse(null);
    }

    @Test
    void nobodyReadsTheResultOfARunThatIsNotItsChild() {
        try (var worker = worker(parents, parentVersion)) {
            start();
            var attempt = worker.assignment().getAttempt();
            var other = UUID.fromString(start());
            worker.send(WorkerFrame.newBuilder()
                    .addChildReads(ReadChild.newBuilder().setAttempt(attempt).setRunId(WireIds.bytes(other)))
                    .build());
            var result = worker.await(frame -> frame.getChildResultsCount() > 0).getChildResults(0);
            assertThat(result.getFailure().getType()).isEqualTo("RUN_NOT_FOUND");
        }
    }

    @Test
    void aStepGoesOnFromACheckpointThatARestCallNames() {
        try (var worker = worker(parents, parentVersion)) {
            var run = start();
            var first = worker.assignment().getAttempt();
            worker.send(WorkerFrame.newBuilder()
                    .addCheckpoints(called(first, "plan", 0))
                    .addCheckpoints(called(first, "write", 1))
                    .build());
            worker.succeed(first, "1");
            assertThat(end(run)).isEqualTo("SUCCEEDED");

            assertThat(replay(run, "nothing#2").code()).isEqualTo("CHECKPOINT_NOT_FOUND");
            assertThat(PLANE.ask(
                                    "POST",
                                    "/api/v1/runs/" + run + "/replay",
                                    "{\"reason\":\"test\",\"checkpoint\":\"write\"}")
                            .code())
                    .isEqualTo("FIELD_INVALID");
            assertThat(replay(run, "write#1").body()).contains("\"generation\":2");
            var trail = worker.await(frame -> frame.getTrailsCount() > 0).getTrails(0);
            assertThat(trail.getCheckpointsList())
                    .extracting(Checkpoint::getName)
                    .containsExactly("plan");
            worker.succeed(worker.assignment().getAttempt(), "2");
            assertThat(end(run)).isEqualTo("SUCCEEDED");
        }
    }

    private static TestControlPlane.Answer replay(String run, String checkpoint) {
        return PLANE.ask(
                "POST",
                "/api/v1/runs/" + run + "/replay",
                "{\"reason\":\"test\",\"from\":\"STEP\",\"step\":\"only\",\"checkpoint\":\"" + checkpoint + "\"}");
    }

    private static CheckpointMade.Builder called(AttemptRef attempt, String name, int place) {
        return CheckpointMade.newBuilder()
                .setAttempt(attempt)
                .setNumber(place + 1)
                .setName(name)
                .setCount(1)
                .setPlace(place)
                .setKind(CheckpointKind.CALL)
                .setValue(ByteString.copyFromUtf8("1"));
    }
}
