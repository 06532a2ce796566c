package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.Amount;
import dev.millrace.protocol.worker.v1.Completion;
import dev.millrace.protocol.worker.v1.Failure;
import dev.millrace.protocol.worker.v1.Spent;
import dev.millrace.protocol.worker.v1.SpentSoFar;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What attempts spend, over a real stream and in what is read of the run. */
class SpendingDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();

    private static Spent tokens(long amount) {
        return Spent.newBuilder()
                .addUsed(Amount.newBuilder().setName("openai.tokens").setAmount(amount))
                .build();
    }

    @Test
    void reportsAndEndsOfAttemptsAddUpOnceAndAreReadWithTheRun() {
        var version = Workflow.register(PLANE, Workflow.onlyOnce(workflow), PLANE.token());
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var started = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}");
            var attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
            worker.await(frame -> frame.getConfirmedCount() > 0);
            var report = WorkerFrame.newBuilder()
                    .addSpent(SpentSoFar.newBuilder().setAttempt(attempt).setSpent(tokens(40)))
                    .build();
            worker.send(report);
            worker.send(report);
            worker.acknowledged(worker.complete(Completion.newBuilder()
                    .setAttempt(attempt)
                    .setFailure(Failure.newBuilder().setType("Boom").setMessage("no"))
                    .setSpent(tokens(100))));
            var run = PLANE.ask("GET", "/api/v1/runs/" + started.text("runId"), "");
            // Of the run, of its task, and of the task's attempt.
            assertThat(run.body().split("\"usage\":\\{\"openai.tokens\":100}", -1))
                    .as(run.body())
                    .hasSize(4);
        }
    }

    @Test
    void whatNobodyCanSpendClosesTheStream() {
        var version = Workflow.register(PLANE, Workflow.onlyOnce(workflow), PLANE.token());
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}");
            var attempt = worker.assignment().getAttempt();
            worker.send(WorkerFrame.newBuilder()
                    .addSpent(SpentSoFar.newBuilder().setAttempt(attempt).setSpent(tokens(-1)))
                    .build());
            assertThat(worker.end().getDescription()).contains("'openai.tokens'", "0 or more");
        }
    }
}
