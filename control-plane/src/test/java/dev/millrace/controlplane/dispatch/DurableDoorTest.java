package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.Checkpoint;
import dev.millrace.protocol.worker.v1.CheckpointKind;
import dev.millrace.protocol.worker.v1.CheckpointMade;
import dev.millrace.protocol.worker.v1.CheckpointNews;
import dev.millrace.protocol.worker.v1.ServerFrame;
import dev.millrace.protocol.worker.v1.Suspended;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import io.grpc.Status;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Durable steps over real streams, against the real core and store. */
class DurableDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();
    private final String version = Workflow.register(PLANE, Workflow.durable(workflow), PLANE.token());

    private TestWorker worker() {
        return TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build());
    }

    private String start() {
        return PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
    }

    private static CheckpointMade.Builder made(AttemptRef attempt, CheckpointKind kind, String name, int place) {
        return CheckpointMade.newBuilder()
                .setAttempt(attempt)
                .setNumber(place + 1)
                .setName(name)
                .setCount(1)
                .setPlace(place)
                .setKind(kind);
    }

    private static void tell(TestWorker worker, CheckpointMade.Builder made) {
        worker.send(WorkerFrame.newBuilder().addCheckpoints(made).build());
    }

    private static CheckpointNews news(TestWorker worker) {
        return worker.await(frame -> frame.getCheckpointsCount() > 0).getCheckpoints(0);
    }

    private static CheckpointMade.Builder value(AttemptRef attempt, String name, int place, String json) {
        return made(attempt, CheckpointKind.CALL, name, place).setValue(ByteString.copyFromUtf8(json));
    }

    @Test
    void whatIsStoredIsAcknowledgedAndComesWithTheNextAttempt() {
        var large = "\"" + "é".repeat(200_000) + "\"";
        try (var worker = worker()) {
            var run = start();
            var first = worker.assignment();
            assertThat(first.getCheckpoints()).isZero();
            tell(worker, value(first.getAttempt(), "plan", 0, "{\"a\": 1}"));
            assertThat(news(worker).getStored().getOrder()).isEqualTo(1);
            tell(worker, value(first.getAttempt(), "write", 1, large));
            assertThat(news(worker).getStored().getNumber()).isEqualTo(2);
            worker.send(WorkerFrame.newBuilder().addReturned(first.getAttempt()).build());

            try (var other = worker()) {
                var trail = other.await(frame -> frame.getTrailsCount() > 0).getTrails(0);
                var second = other.assignment();
                assertThat(second.getCheckpoints()).isEqualTo(2);
                assertThat(trail.getAttempt()).isEqualTo(second.getAttempt());
                assertThat(trail.getCheckpoints(0).getValue().toStringUtf8()).isEqualTo("{\"a\": 1}");
                assertThat(trail.getCheckpoints(1).getValue().toStringUtf8()).isEqualTo(large);
                other.succeed(second.getAttempt(), "1");
                assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "")
                                .text("state"))
                        .isEqualTo("SUCCEEDED");
            }
        }
    }

    @Test
    void aStepThatSleepsLeavesItsWorkerAndComesBack() {
        try (var worker = worker()) {
            var run = start();
            var first = worker.assignment().getAttempt();
            // The step leaves in the frame in which it goes to sleep: nothing is lost between the two.
            worker.send(WorkerFrame.newBuilder()
                    .addCheckpoints(
                            made(first, CheckpointKind.SLEEP, "sleep", 0).setWaitMicros(700_000))
                    .addSuspended(Suspended.newBuilder().setAttempt(first))
                    .build());
            var second = worker.assignment();
            assertThat(second.getAttempt().getAttempt()).isEqualTo(2);
            var slept = worker.await(frame -> frame.getTrailsCount() > 0)
                    .getTrails(0)
                    .getCheckpoints(0);
            assertThat(slept.getState()).isEqualTo(Checkpoint.State.DONE);
            worker.succeed(second.getAttempt(), "1");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "")
                            .text("state"))
                    .isEqualTo("SUCCEEDED");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + run, "").body()).contains("\"state\":\"SUSPENDED\"");
        }
    }

    @Test
    void aStepThatStaysIsToldWhenItsTimeHasCome() {
        try (var worker = worker()) {
            start();
            var attempt = worker.assignment().getAttempt();
            tell(worker, made(attempt, CheckpointKind.SLEEP, "sleep", 0).setWaitMicros(200_000));
            assertThat(news(worker).hasStored()).isTrue();
            var settled = news(worker).getSettled();
            assertThat(settled.getState()).isEqualTo(Checkpoint.State.DONE);
            assertThat(settled.getOrder()).isEqualTo(1);
            worker.succeed(attempt, "1");
        }
    }

    @Test
    void whatCannotBeStoredEndsTheStream() {
        try (var worker = worker()) {
            start();
            var attempt = worker.assignment().getAttempt();
            tell(worker, value(attempt, "plan", 0, "{\"a\":"));
            assertThat(worker.end().getCode()).isNotEqualTo(Status.Code.OK);
            assertThat(worker.end().getDescription()).contains("the result of action 'plan' is no JSON");
        }
    }

    @Test
    void checkpointsOfAnAttemptThatIsNotLiveAreRefused() {
        try (var worker = worker()) {
            start();
            var attempt = worker.assignment().getAttempt();
            worker.succeed(attempt, "1");
            tell(worker, value(attempt, "plan", 0, "1"));
            assertThat(worker.await((ServerFrame frame) -> frame.getCancelsCount() > 0)
                            .getCancels(0)
                            .getReason())
                    .isEqualTo("STALE");
        }
    }
}
