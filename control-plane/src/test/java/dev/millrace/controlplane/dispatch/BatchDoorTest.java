package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.BatchSpec;
import dev.millrace.manifest.Manifest;
import dev.millrace.protocol.worker.v1.Assignment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Tasks of several runs share a call, over real streams. */
class BatchDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();

    private TestWorker worker(int maxSize, Duration maxWait) {
        return worker(Workflow.chain(workflow, "only"), maxSize, maxWait);
    }

    private TestWorker worker(Manifest plain, int maxSize, Duration maxWait) {
        var step = plain.steps().get(0).toBuilder()
                .batch(new BatchSpec(maxSize, maxWait, "input.cents"))
                .build();
        var version =
                Workflow.register(PLANE, plain.toBuilder().steps(List.of(step)).build(), PLANE.token());
        return TestWorker.connect(
                PLANE,
                PLANE.token(),
                TestWorker.hello(workflow, version).setSlots(1).build());
    }

    private String start(int cents) {
        var answer =
                PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":" + cents + "}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    private static TestControlPlane.Answer result(String run) {
        return PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
    }

    private static List<Assignment> assigned(TestWorker worker, int count) {
        var all = new ArrayList<Assignment>();
        while (all.size() < count) {
            all.addAll(worker.assignments());
        }
        return all;
    }

    private static UUID run(Assignment assignment) {
        var bytes = assignment.getAttempt().getRunId().asReadOnlyByteBuffer();
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    @Test
    void tasksOfOneKeyShareACallAndTheSlotsOfOne() {
        try (var worker = worker(2, Duration.ofMinutes(5))) {
            var first = start(1);
            var other = start(2);
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + first + "/explain", "")
                            .body())
                    .contains("\"gate\":\"BATCH\"", "there are 1 of 2");
            var second = start(1);
            var assignments = assigned(worker, 2);
            assertThat(assignments).extracting(each -> run(each).toString()).containsExactlyInAnyOrder(first, second);
            assertThat(assignments).extracting(each -> each.getCall().getSize()).containsOnly(2);
            assertThat(assignments)
                    .extracting(each -> each.getCall().getNumber())
                    .doesNotContain(0L)
                    .hasSize(2)
                    .allMatch(number -> number == assignments.get(0).getCall().getNumber());
            assignments.forEach(each -> worker.succeed(each.getAttempt(), "1"));
            assertThat(result(first).text("state")).isEqualTo("SUCCEEDED");
            assertThat(result(second).text("state")).isEqualTo("SUCCEEDED");
            assertThat(PLANE.ask("GET", "/api/v1/runs/" + other + "/explain", "")
                            .body())
                    .contains("\"key\":\"2\"");
        }
    }

    @Test
    void aTaskGoesAloneWhenItsTimeIsOver() {
        try (var worker = worker(100, Duration.ofMillis(50))) {
            var run = start(1);
            var assignment = worker.assignment();
            assertThat(assignment.getCall().getSize()).isEqualTo(1);
            worker.succeed(assignment.getAttempt(), "1");
            assertThat(result(run).text("state")).isEqualTo("SUCCEEDED");
        }
    }

    private static List<Assignment> accepted(TestWorker worker) {
        var assignments = assigned(worker, 2);
        assignments.forEach(each -> worker.accept(each.getAttempt()));
        return assignments;
    }

    /** Its worker is lost, and nobody else is there. */
    private static void awaitGivenUp(String run) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!PLANE.ask("GET", "/api/v1/runs/" + run + "/explain", "").body().contains("NO_COMPATIBLE_WORKER")) {
            assertThat(System.nanoTime()).as("the lost attempt is given up").isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    @Test
    void whatALostWorkerHadGoesTogetherAgain() {
        var runs = new ArrayList<String>();
        try (var lost = worker(2, Duration.ofMinutes(5))) {
            runs.add(start(1));
            runs.add(start(1));
            accepted(lost);
        }
        runs.forEach(BatchDoorTest::awaitGivenUp);
        try (var worker = worker(2, Duration.ofMinutes(5))) {
            var again = assigned(worker, 2);
            assertThat(again).extracting(each -> run(each).toString()).containsExactlyInAnyOrderElementsOf(runs);
            assertThat(again)
                    .extracting(each -> each.getCall().getNumber())
                    .containsOnly(again.get(0).getCall().getNumber());
            again.forEach(each -> worker.succeed(each.getAttempt(), "1"));
            runs.forEach(run -> assertThat(result(run).text("state")).isEqualTo("SUCCEEDED"));
        }
    }

    @Test
    void whatMayRunOnlyOnceIsNotCalledAgainForAnyOfThem() {
        var runs = new ArrayList<String>();
        try (var lost = worker(Workflow.onlyOnce(workflow), 2, Duration.ofMinutes(5))) {
            runs.add(start(1));
            runs.add(start(1));
            assertThat(accepted(lost)).allMatch(Assignment::getStartsWhenConfirmed);
            for (int confirmed = 0; confirmed < 2; ) {
                confirmed += lost.await(frame -> frame.getConfirmedCount() > 0).getConfirmedCount();
            }
        }
        runs.forEach(run -> assertThat(result(run).text("state")).isEqualTo("FAILED"));
        try (var worker = worker(Workflow.onlyOnce(workflow), 2, Duration.ofMillis(1))) {
            var next = start(1);
            var assignment = worker.assignment();
            assertThat(run(assignment)).as("nothing before it").hasToString(next);
        }
    }

    @Test
    void aRunThatIsCancelledLeavesItsCallToTheOthers() {
        try (var worker = worker(2, Duration.ofMinutes(5))) {
            var first = start(1);
            var second = start(1);
            var assignments = accepted(worker);
            PLANE.ask("POST", "/api/v1/runs/" + first + "/cancel", "{\"reason\":\"changed my mind\"}");
            var cancelled = worker.await(frame -> frame.getCancelsCount() > 0).getCancels(0);
            for (var each : assignments) {
                if (run(each).toString().equals(first)) {
                    assertThat(cancelled.getAttempt()).isEqualTo(each.getAttempt());
                    worker.cancelled(each.getAttempt());
                } else {
                    worker.succeed(each.getAttempt(), "1");
                }
            }
            assertThat(result(first).text("state")).isEqualTo("CANCELLED");
            assertThat(result(second).text("state")).isEqualTo("SUCCEEDED");
        }
    }
}
