package dev.millrace.controlplane.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A paused workflow, from the pause over a restart to its end. */
class PauseTest {
    private final String workflow = "w-" + UUID.randomUUID();

    private String start(TestControlPlane plane) {
        return plane.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
    }

    private static String state(TestControlPlane plane, String run) {
        return plane.ask("GET", "/api/v1/runs/" + run, "").text("state");
    }

    private static String told(TestControlPlane plane, String path) {
        var told = plane.ask("GET", path, "");
        assertThat(told.status()).as(told.body()).isEqualTo(200);
        return told.body();
    }

    @Test
    void runsThatWereQueuedAndNewOnesWaitOverARestartUntilTheWorkflowIsResumed() {
        var plane = TestControlPlane.start();
        try {
            var version = Workflow.register(plane, Workflow.chain(workflow, "only"), plane.token());
            var before = start(plane);
            plane.ask("POST", "/api/v1/workflows/" + workflow + "/pause", "");
            var pause = told(plane, "/api/v1/workflows/" + workflow + "/explain")
                    .replaceAll(".*(\"pausedSince\":\"[^\"]+\",\"pausedBy\":\"[^\"]+\").*", "$1");
            assertThat(pause).contains("\"pausedBy\":\"token ", " of service default");
            var after = start(plane);

            plane = plane.restarted();
            try (var worker = TestWorker.connect(
                    plane,
                    plane.token(),
                    TestWorker.hello(workflow, version).setSlots(5).build())) {
                var late = start(plane);
                for (var run : new String[] {before, after, late}) {
                    assertThat(state(plane, run)).isEqualTo("QUEUED");
                    assertThat(told(plane, "/api/v1/runs/" + run + "/explain"))
                            .contains("\"gate\":\"PAUSED\"", "has been paused since ", ", by token ");
                }
                assertThat(told(plane, "/api/v1/workflows/" + workflow + "/explain"))
                        .as("since when and by whom is as it was")
                        .contains(pause, "3 tasks of it wait.");
                plane.ask("POST", "/api/v1/workflows/" + workflow + "/resume", "");
                for (int done = 0; done < 3; ) {
                    for (var assignment : worker.assignments()) {
                        worker.succeed(assignment.getAttempt(), "1");
                        done++;
                    }
                }
                for (var run : new String[] {before, after, late}) {
                    assertThat(plane.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "")
                                    .text("state"))
                            .isEqualTo("SUCCEEDED");
                }
                assertThat(told(plane, "/api/v1/workflows/" + workflow + "/explain"))
                        .doesNotContain("pausedSince")
                        .contains("No task of it waits.");
            }
        } finally {
            plane.close();
        }
    }
}
