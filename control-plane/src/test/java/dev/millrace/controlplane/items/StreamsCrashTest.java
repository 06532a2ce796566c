package dev.millrace.controlplane.items;

import static dev.millrace.controlplane.items.TestEmitter.numbers;
import static dev.millrace.controlplane.items.TestFollower.values;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.streams.v1.Items;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams when the worker or the control plane goes away in the middle. */
class StreamsCrashTest {
    private static final String WORKFLOW = "crash";
    private TestControlPlane plane;
    private String version;

    @BeforeEach
    void begin() {
        plane = TestControlPlane.start();
        version = Workflow.register(plane, StreamsDoorTest.emitting(WORKFLOW), plane.token());
    }

    @AfterEach
    void end() {
        plane.close();
    }

    private String start() {
        return plane.ask("POST", "/api/v1/workflows/" + WORKFLOW + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
    }

    @Test
    void anAttemptGoesOnWhereItWasWhenTheControlPlaneComesBack() {
        var hello = TestWorker.hello(WORKFLOW, version).build();
        var run = start();
        var worker = TestWorker.connect(plane, plane.token(), hello);
        var attempt = worker.assignment().getAttempt();
        worker.accept(attempt);
        var emitter = new TestEmitter(plane, plane.token(), hello.getWorkerId());
        emitter.store(numbers(attempt, 0, 3));
        plane = plane.restarted();

        try (var back = TestWorker.connect(
                        plane,
                        plane.token(),
                        hello.toBuilder().addRunning(attempt).build());
                var again = new TestEmitter(plane, plane.token(), hello.getWorkerId());
                var follower = new TestFollower(plane, plane.token(), run, "", 2)) {
            // It does not know whether its last chunk arrived.
            again.store(numbers(attempt, 1, 4).setEnds(true));
            back.acknowledged(back.succeed(attempt, "1"));
            assertThat(values(follower.all())).containsExactly("2", "3", "4");
            try (var late = new TestFollower(plane, plane.token(), run, "", 0)) {
                assertThat(values(late.all())).containsExactly("0", "1", "2", "3", "4");
            }
        }
    }

    @Test
    void whatALostWorkersAttemptEmittedStaysAndTheNextOneEmitsItsOwn() {
        var first = TestWorker.hello(WORKFLOW, version).build();
        var second = TestWorker.hello(WORKFLOW, version).build();
        var run = start();
        var worker = TestWorker.connect(plane, plane.token(), first);
        var lost = worker.assignment().getAttempt();
        worker.accept(lost);
        try (var emitter = new TestEmitter(plane, plane.token(), first.getWorkerId());
                var other = TestWorker.connect(plane, plane.token(), second);
                var follower = new TestFollower(plane, plane.token(), run, "", 0)) {
            emitter.store(numbers(lost, 0, 2));
            worker.close();
            var next = assignmentAfterTheGrace(other);
            try (var successor = new TestEmitter(plane, plane.token(), second.getWorkerId())) {
                successor.store(numbers(next, 0, 1));
                assertThat(emitter.refusal(numbers(lost, 2, 1)).getCode()).isEqualTo("STALE_ATTEMPT");
                other.acknowledged(other.succeed(next, "1"));
                assertThat(values(follower.all())).containsExactly("0", "1", "0");
                assertThat(follower.all())
                        .extracting(Items::getAttempt)
                        .containsExactly(lost.getAttempt(), next.getAttempt());
            }
        }
    }

    /** The first worker may come back for its attempt for a while; meanwhile the other one has to show that it lives. */
    private static AttemptRef assignmentAfterTheGrace(TestWorker worker) {
        var beats = Executors.newSingleThreadScheduledExecutor();
        try {
            beats.scheduleAtFixedRate(
                    () -> worker.send(
                            WorkerFrame.newBuilder().setHeartbeat(true).build()),
                    0,
                    1,
                    TimeUnit.SECONDS);
            return worker.assignment().getAttempt();
        } finally {
            beats.shutdownNow();
        }
    }
}
