package dev.millrace.controlplane.waits;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.worker.v1.Assignment;
import dev.millrace.protocol.worker.v1.Checkpoint;
import dev.millrace.protocol.worker.v1.CheckpointKind;
import dev.millrace.protocol.worker.v1.CheckpointMade;
import dev.millrace.protocol.worker.v1.Suspended;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** Steps that wait for events, over the real doors, against the real core and store. */
class EventWaitDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private final String workflow = "e-" + UUID.randomUUID();
    private final String name = "paid." + UUID.randomUUID();
    private final String version = Workflow.register(PLANE, Workflow.durable(workflow), PLANE.token());

    private TestWorker worker() {
        return TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build());
    }

    private String start() {
        return PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
    }

    private String publish(String data) {
        var answer =
                PLANE.ask("POST", "/api/v1/events", "{\"items\":[{\"name\":\"" + name + "\",\"data\":" + data + "}]}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.body();
    }

    private void waitFor(TestWorker worker, Assignment assignment, int count, String where, String values) {
        var ask = "{\"where\":\"" + where + "\",\"values\":" + values + "}";
        worker.send(WorkerFrame.newBuilder()
                .addCheckpoints(CheckpointMade.newBuilder()
                        .setAttempt(assignment.getAttempt())
                        .setNumber(count)
                        .setName(name)
                        .setCount(count)
                        .setPlace(count - 1)
                        .setKind(CheckpointKind.EVENT)
                        .setWaitMicros(3_600_000_000L)
                        .setAsk(ByteString.copyFromUtf8(ask)))
                .build());
    }

    private static Checkpoint settled(TestWorker worker) {
        var frame = worker.await(some -> some.getCheckpointsList().stream().anyMatch(news -> news.hasSettled()));
        return frame.getCheckpointsList().stream()
                .filter(news -> news.hasSettled())
                .findFirst()
                .orElseThrow()
                .getSettled();
    }

    private static void suspend(TestWorker worker, Assignment assignment) {
        worker.send(WorkerFrame.newBuilder()
                .addSuspended(Suspended.newBuilder().setAttempt(assignment.getAttempt()))
                .build());
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void anEventReachesTheRunThatAsksForItAndNoOther() {
        try (var one = worker();
                var other = worker()) {
            start();
            start();
            var first = one.assignment();
            var second = other.assignment();
            waitFor(one, first, 1, "event.order == q", "{\"q\":\"a\"}");
            waitFor(other, second, 1, "event.order == q", "{\"q\":\"b\"}");
            one.await(frame -> frame.getCheckpointsCount() > 0);
            other.await(frame -> frame.getCheckpointsCount() > 0);
            publish("{\"order\":\"c\"}");
            publish("{\"order\":\"b\",\"cents\":7}");
            assertThat(settled(other).getValue().toStringUtf8()).isEqualTo("{\"order\":\"b\",\"cents\":7}");
            publish("{\"order\":\"a\"}");
            assertThat(settled(one).getValue().toStringUtf8()).isEqualTo("{\"order\":\"a\"}");
            one.succeed(first.getAttempt(), "1");
            other.succeed(second.getAttempt(), "1");
        }
    }

    @Test
    void anEventThatWasPublishedSinceTheRunBeganIsFound() {
        publish("{\"n\":0}");
        try (var worker = worker()) {
            start();
            var first = worker.assignment();
            publish("{\"n\":1}");
            publish("{\"n\":2}");
            waitFor(worker, first, 1, "event.n >= 0", "{}");
            assertThat(settled(worker).getValue().toStringUtf8())
                    .as("the oldest one since the run began")
                    .isEqualTo("{\"n\":1}");
            waitFor(worker, first, 2, "event.n >= 0", "{}");
            assertThat(settled(worker).getValue().toStringUtf8())
                    .as("each event comes once")
                    .isEqualTo("{\"n\":2}");
            waitFor(worker, first, 3, "event.n >= 0", "{}");
            publish("{\"n\":3}");
            assertThat(settled(worker).getValue().toStringUtf8()).isEqualTo("{\"n\":3}");
            worker.succeed(first.getAttempt(), "1");
        }
    }

    @Test
    void aStepThatLeftItsWorkerGoesOnWithTheEventAndTheLogOfTheEventSaysSo() {
        try (var worker = worker()) {
            var run = start();
            var first = worker.assignment();
            waitFor(worker, first, 1, "event.order == 5", "{}");
            suspend(worker, first);
            until(() -> PLANE.ask("GET", "/api/v1/runs/" + run, "").body().contains("\"state\":\"WAITING\""));
            var large = "é".repeat(100_000);
            var published = publish("{\"order\":5.0,\"text\":\"" + large + "\"}");
            var second = worker.assignment();
            assertThat(second.getAttempt().getAttempt()).isEqualTo(2);
            worker.succeed(second.getAttempt(), "1");
            var id = published.replaceFirst(".*\"eventId\":\"([^\"]*)\".*", "$1");
            until(() -> PLANE.ask("GET", "/api/v1/events/" + id, "").body().contains(run));
        }
    }

    @Test
    void whatCannotBeAskedIsToldToTheStep() {
        try (var worker = worker()) {
            start();
            var first = worker.assignment();
            waitFor(worker, first, 1, "event.order ==", "{}");
            var failed = settled(worker);
            assertThat(failed.getState()).isEqualTo(Checkpoint.State.FAILED);
            assertThat(failed.getFailure().getType()).isEqualTo("EXPRESSION_INVALID");
            worker.succeed(first.getAttempt(), "1");
        }
    }

    @Test
    void nobodyIsKeptWhoDoesNotWaitAnyMore() {
        var waits = PLANE.context().getBean(EventWaits.class);
        try (var worker = worker()) {
            var run = start();
            var first = worker.assignment();
            int before = waits.size();
            waitFor(worker, first, 1, "true", "{}");
            suspend(worker, first);
            until(() -> waits.size() == before + 1);
            PLANE.ask("POST", "/api/v1/runs/" + run + "/cancel", "{\"reason\":\"not wanted\"}");
            until(() -> waits.size() == before);
        }
    }

    @Test
    void whoWaitsHasARowUntilItIsOver() {
        try (var worker = worker()) {
            var run = start();
            var first = worker.assignment();
            waitFor(worker, first, 1, "event.order == q", "{\"q\":\"" + run + "\"}");
            suspend(worker, first);
            until(() -> rows(run) == 1);
            publish("{\"order\":\"" + run + "\"}");
            var second = worker.assignment();
            worker.succeed(second.getAttempt(), "1");
            until(() -> rows(run) == 0);
        }
    }

    private static int rows(String run) {
        try (var connection = PLANE.owner().getConnection();
                var statement =
                        connection.prepareStatement("SELECT count(*) FROM core.run_wait WHERE run_id = ?::uuid")) {
            statement.setString(1, run);
            try (var found = statement.executeQuery()) {
                found.next();
                return found.getInt(1);
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
