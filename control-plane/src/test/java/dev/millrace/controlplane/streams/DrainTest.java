package dev.millrace.controlplane.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.ServerFrame;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DrainTest {

    @Test
    void aStoppingInstanceAsksItsStreamsToGoAndTakesWhatTheyStillSay() throws Exception {
        var plane = TestControlPlane.start();
        var version = Workflow.register(plane, Workflow.chain("drained", "only"), plane.token());
        try (var leaving = TestWorker.connect(
                        plane,
                        plane.token(),
                        TestWorker.hello("drained", version).build());
                var staying = TestWorker.connect(
                        plane,
                        plane.token(),
                        TestWorker.hello("drained", version).build())) {
            plane.ask("POST", "/api/v1/workflows/drained/runs", "{\"input\":{\"cents\":1}}");
            var assigned = TestWorker.assignedTo(leaving, staying);
            var stopped = CompletableFuture.runAsync(plane::stop);
            for (var worker : new TestWorker[] {leaving, staying}) {
                assertThat(worker.await(ServerFrame::hasDrain).getDrain().getReconnectAfterMillis())
                        .isPositive();
            }
            // A result that comes while the instance drains is stored and acknowledged.
            assigned.worker()
                    .acknowledged(
                            assigned.worker().succeed(assigned.assignment().getAttempt(), "1"));
            leaving.leave();
            assertThat(leaving.end().getCode()).isEqualTo(Status.Code.OK);
            assertThat(staying.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(staying.end().getDescription()).contains("shut down");
            stopped.get(20, TimeUnit.SECONDS);
        } finally {
            plane.close();
        }
    }
}
