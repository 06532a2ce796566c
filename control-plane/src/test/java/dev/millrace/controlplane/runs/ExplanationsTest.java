package dev.millrace.controlplane.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What waits says why, over REST. */
class ExplanationsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();

    private String start() {
        var answer = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    private static TestControlPlane.Answer explain(String run, String query) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/explain" + query, "");
    }

    @Test
    void aRunWithoutAWorkerSaysSo() {
        Workflow.register(PLANE, Workflow.chain(workflow, "first", "second"), PLANE.token());
        var answer = explain(start(), "");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body())
                .contains("\"gate\":\"NO_COMPATIBLE_WORKER\"", "No connected worker serves its version")
                .contains("\"gate\":\"PARENTS\"", "Step 'first' has to end first.")
                .contains("2 tasks waiting");
        assertThat(PLANE.ask("GET", "/api/v1/workflows/" + workflow + "/explain", "")
                        .body())
                .contains("\"tasks\":1,\"hold\":{\"gate\":\"NO_COMPATIBLE_WORKER\"", "1 task of it waits.");
    }

    @Test
    void aTaskThatWaitsForASlotSaysHowManyAreTakenAndOneThatRunsThatItRuns() {
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        try (var worker = TestWorker.connect(
                PLANE,
                PLANE.token(),
                TestWorker.hello(workflow, version).setSlots(1).build())) {
            var first = start();
            var attempt = worker.assignment().getAttempt();
            worker.accept(attempt);
            var second = start();
            assertThat(explain(second, "?step=only").body())
                    .contains("\"gate\":\"SLOTS_TAKEN\"", "Of 1 slot of the workers that serve it, 1 is taken.");
            assertThat(explain(first, "").body()).contains("\"holds\":[]", "1 task with a worker");
            worker.succeed(attempt, "1");
            worker.succeed(worker.assignment().getAttempt(), "1");
            PLANE.ask("GET", "/api/v1/runs/" + second + "/result?waitSeconds=20", "");
            assertThat(explain(second, "").body()).contains("It has ended as SUCCEEDED", "\"tasks\":[]");
        }
    }

    @Test
    void whatIsNotThereIsRefused() {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        assertThat(explain(start(), "?step=other").code()).isEqualTo("TASK_NOT_FOUND");
        assertThat(explain(UUID.randomUUID().toString(), "").code()).isEqualTo("RUN_NOT_FOUND");
        assertThat(explain(start(), "?element=-1").status()).isEqualTo(400);
    }
}
