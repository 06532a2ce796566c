package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.AttemptRef;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A step that may run only once, over a real stream. */
class OnlyOnceTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();

    private String start(String input) {
        var answer = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":" + input + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    private TestControlPlane.Answer result(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
    }

    @Test
    void aStepThatMayRunOnlyOnceIsEnteredWhenItsAcceptanceIsStoredAndToldAgainAfterAReconnect() {
        var version = Workflow.register(PLANE, Workflow.onlyOnce(workflow), PLANE.token());
        var hello = TestWorker.hello(workflow, version);
        var run = "";
        AttemptRef attempt;
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), hello.build())) {
            run = start("{\"cents\":5}");
            var assignment = worker.assignment();
            assertThat(assignment.getStartsWhenConfirmed()).isTrue();
            attempt = assignment.getAttempt();
            worker.accept(attempt);
            assertThat(worker.await(frame -> frame.getConfirmedCount() > 0).getConfirmedList())
                    .containsExactly(attempt);
        }
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), hello.addRunning(attempt).build())) {
            assertThat(worker.await(frame -> frame.getConfirmedCount() > 0).getConfirmedList())
                    .containsExactly(attempt);
            worker.succeed(attempt, "1");
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
        }
    }
}
