package dev.millrace.controlplane.items;

import static dev.millrace.controlplane.items.TestEmitter.numbers;
import static dev.millrace.controlplane.items.TestFollower.values;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.Tenants;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.StreamSpec;
import dev.millrace.protocol.streams.v1.Chunk;
import dev.millrace.protocol.streams.v1.Items;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.Failure;
import dev.millrace.protocol.worker.v1.Hello;
import io.grpc.Status;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What steps emit over real streams, against the real core and store. */
class StreamsDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "w-" + UUID.randomUUID();
    private final String version = Workflow.register(PLANE, emitting(workflow), PLANE.token());
    private final Hello hello = TestWorker.hello(workflow, version).build();

    /** One step that is tried again at once and emits integers. */
    static Manifest emitting(String name) {
        return emitting(name, Json.read("{\"type\":\"integer\"}"));
    }

    private static Manifest emitting(String name, JsonValue schema) {
        var retried = Workflow.retried(name, 2);
        return retried.toBuilder()
                .steps(List.of(retried.steps().get(0).toBuilder()
                        .parameters(List.of(ParameterSpec.input("in"), ParameterSpec.emitter("numbers")))
                        .stream(new StreamSpec("Item", schema))
                        .build()))
                .build();
    }

    private String start() {
        return PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
    }

    private TestWorker worker() {
        return TestWorker.connect(PLANE, PLANE.token(), hello);
    }

    private TestEmitter emitter() {
        return new TestEmitter(PLANE, PLANE.token(), hello.getWorkerId());
    }

    private static TestFollower follow(String run, long after) {
        return new TestFollower(PLANE, PLANE.token(), run, "", after);
    }

    private static List<String> upTo(long last) {
        return LongStream.rangeClosed(0, last).mapToObj(Long::toString).toList();
    }

    private static void succeed(TestWorker worker, AttemptRef attempt) {
        worker.acknowledged(worker.succeed(attempt, "1"));
    }

    @Test
    void aLateFollowerReadsFromTheStartAndAnEarlyOneAsItComes() {
        var run = start();
        try (var worker = worker();
                var emitter = emitter();
                var early = follow(run, 0)) {
            var attempt = worker.assignment().getAttempt();
            emitter.store(numbers(attempt, 0, 3));
            early.await(3);
            emitter.store(numbers(attempt, 3, 2).setEnds(true));
            early.await(5);
            succeed(worker, attempt);
            assertThat(early.ended()).isEqualTo("SUCCEEDED");
            try (var late = follow(run, 0)) {
                assertThat(late.all()).isEqualTo(early.all());
                assertThat(values(late.all())).isEqualTo(upTo(4));
                assertThat(late.all()).extracting(Items::getEnds).containsExactly(false, true);
            }
        }
    }

    @Test
    void aFollowerResumesBehindAnyPositionWithoutGapOrDouble() {
        var run = start();
        try (var worker = worker();
                var emitter = emitter()) {
            var attempt = worker.assignment().getAttempt();
            emitter.store(numbers(attempt, 0, 4));
            emitter.store(numbers(attempt, 4, 4));
            succeed(worker, attempt);
            for (long after = 0; after <= 8; after++) {
                try (var follower = follow(run, after)) {
                    var all = follower.all();
                    assertThat(values(all)).isEqualTo(upTo(7).subList((int) after, 8));
                    assertThat(all.isEmpty() ? after + 1 : all.get(0).getPosition())
                            .isEqualTo(after + 1);
                }
            }
        }
    }

    @Test
    void whatIsSentTwiceIsStoredOnce() {
        var run = start();
        try (var worker = worker();
                var emitter = emitter();
                var again = emitter()) {
            var attempt = worker.assignment().getAttempt();
            emitter.store(numbers(attempt, 0, 3));
            // Over another connection, because the answer was lost with the first.
            again.store(numbers(attempt, 0, 3));
            again.store(numbers(attempt, 1, 4));
            again.store(numbers(attempt, 5, 1).setEnds(true));
            again.store(numbers(attempt, 5, 1).setEnds(true));
            succeed(worker, attempt);
            try (var follower = follow(run, 0)) {
                assertThat(values(follower.all())).isEqualTo(upTo(5));
            }
        }
    }

    @Test
    void itemsOfAFailedAttemptStayAndThoseOfTheNextSayThatTheyAreItsOwn() {
        var run = start();
        try (var worker = worker();
                var emitter = emitter()) {
            var first = worker.assignment().getAttempt();
            emitter.store(numbers(first, 0, 2).setEnds(true));
            worker.fail(
                    first, Failure.newBuilder().setType("E").setMessage("once").build());
            var second = worker.assignment().getAttempt();
            emitter.store(numbers(second, 0, 3).setEnds(true));
            assertThat(emitter.refusal(numbers(first, 2, 1)).getCode()).isEqualTo("STALE_ATTEMPT");
            succeed(worker, second);
            try (var follower = follow(run, 0)) {
                var all = follower.all();
                assertThat(all).extracting(Items::getAttempt).containsExactly(1, 2);
                assertThat(values(all)).containsExactly("0", "1", "0", "1", "2");
                assertThat(all.get(1).getIndex()).isZero();
                assertThat(all.get(1).getStep()).isEqualTo("only");
            }
        }
    }

    @Test
    void behindTheEndThatAFollowerWasToldNothingIsStored() {
        var run = start();
        try (var worker = worker();
                var emitter = emitter()) {
            var attempt = worker.assignment().getAttempt();
            emitter.store(numbers(attempt, 0, 1));
            succeed(worker, attempt);
            try (var follower = follow(run, 0)) {
                follower.all();
            }
            assertThat(emitter.refusal(numbers(attempt, 1, 1)).getCode()).isEqualTo("STALE_ATTEMPT");
            try (var follower = follow(run, 0)) {
                assertThat(values(follower.all())).isEqualTo(upTo(0));
            }
        }
    }

    @Test
    void anotherWorkerCannotEmitForAnAttempt() {
        start();
        try (var worker = worker();
                var other = new TestEmitter(PLANE, PLANE.token(), TestWorker.bytes(UUID.randomUUID()))) {
            var attempt = worker.assignment().getAttempt();
            assertThat(other.refusal(numbers(attempt, 0, 1)).getCode()).isEqualTo("STALE_ATTEMPT");
            succeed(worker, attempt);
        }
    }

    @Test
    void anItemThatDoesNotFitItsSchemaIsRefusedWithWhatIsWrong() {
        start();
        try (var worker = worker();
                var emitter = emitter()) {
            var attempt = worker.assignment().getAttempt();
            var refusal = emitter.refusal(numbers(attempt, 0, 1).addItems(ByteString.copyFromUtf8("\"two\"")));
            assertThat(refusal.getCode()).isEqualTo("OUTPUT_INVALID");
            assertThat(refusal.getMessage())
                    .contains("Item 1 that step only emits")
                    .contains("$");
            succeed(worker, attempt);
        }
    }

    @Test
    void anItemThatIsTooLargeIsRefusedByNameSizeAndLimit() {
        start();
        try (var worker = worker();
                var emitter = emitter()) {
            var attempt = worker.assignment().getAttempt();
            var refusal = emitter.refusal(
                    Chunk.newBuilder().setAttempt(attempt).addItems(ByteString.copyFromUtf8("1".repeat(65_537))));
            assertThat(refusal.getCode()).isEqualTo("PAYLOAD_TOO_LARGE");
            assertThat(refusal.getMessage())
                    .contains("Item 0")
                    .contains("65,537")
                    .contains("65,536");
            succeed(worker, attempt);
        }
    }

    @Test
    void anItemThatIsMissingIsAskedFor() {
        start();
        try (var worker = worker();
                var emitter = emitter()) {
            var attempt = worker.assignment().getAttempt();
            var refusal = emitter.refusal(numbers(attempt, 3, 1));
            assertThat(refusal.getCode()).isEqualTo("PROTOCOL_VIOLATION");
            assertThat(refusal.getMessage()).contains("item 0 has not");
            succeed(worker, attempt);
        }
    }

    @Test
    void aChunkOfTooManyItemsEndsTheStream() {
        start();
        try (var worker = worker();
                var emitter = emitter()) {
            var attempt = worker.assignment().getAttempt();
            emitter.send(numbers(attempt, 0, 501));
            assertThat(emitter.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            succeed(worker, attempt);
        }
    }

    @Test
    void aTenantNeitherReadsNorWritesAnothersStream() {
        var stranger = Tenants.create(PLANE, "t-" + UUID.randomUUID());
        var run = start();
        try (var worker = worker();
                var emitter = emitter();
                var thief = new TestEmitter(PLANE, stranger.token(), hello.getWorkerId());
                var spy = new TestFollower(PLANE, stranger.token(), run, "", 0)) {
            var attempt = worker.assignment().getAttempt();
            emitter.store(numbers(attempt, 0, 1));
            assertThat(thief.refusal(numbers(attempt, 1, 1)).getCode()).isEqualTo("RUN_NOT_FOUND");
            assertThat(spy.end().getCode()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(spy.count()).isZero();
            succeed(worker, attempt);
        }
    }

    @Test
    void aSlowFollowerIsSentOnlySoMuchAhead() {
        var name = "w-" + UUID.randomUUID();
        var texts = TestWorker.hello(name, Workflow.register(PLANE, emitting(name, JsonValue.TRUE), PLANE.token()))
                .build();
        var run = PLANE.ask("POST", "/api/v1/workflows/" + name + "/runs", "{\"input\":{\"cents\":1}}")
                .text("runId");
        try (var worker = TestWorker.connect(PLANE, PLANE.token(), texts);
                var emitter = new TestEmitter(PLANE, PLANE.token(), texts.getWorkerId())) {
            var attempt = worker.assignment().getAttempt();
            var text = "\"" + "x".repeat(60_000) + "\"";
            for (int i = 0; i < 60; i++) {
                emitter.store(
                        Chunk.newBuilder().setAttempt(attempt).setFirst(i).addItems(ByteString.copyFromUtf8(text)));
            }
            succeed(worker, attempt);
            try (var follower = follow(run, 0)) {
                follower.await(18);
                // One read of the tables may go beyond what is allowed ahead.
                int most = (int) (FollowSession.AHEAD_BYTES / 60_000) + ItemRows.READ_AT_ONCE + 1;
                assertThat(follower.count()).isLessThanOrEqualTo(most);
                for (int had = follower.count(); had < 60; had = follower.count()) {
                    follower.taken(60);
                    follower.await(had + 1);
                }
                assertThat(follower.ended()).isEqualTo("SUCCEEDED");
                assertThat(follower.count()).isEqualTo(60);
            }
        }
    }

    @Test
    void onlyTheStepThatIsWantedIsRead() {
        var run = start();
        try (var worker = worker();
                var emitter = emitter()) {
            var attempt = worker.assignment().getAttempt();
            emitter.store(numbers(attempt, 0, 2));
            succeed(worker, attempt);
            try (var follower = new TestFollower(PLANE, PLANE.token(), run, "other", 0)) {
                assertThat(follower.all()).isEmpty();
            }
            try (var follower = new TestFollower(PLANE, PLANE.token(), run, "only", 1)) {
                assertThat(values(follower.all())).containsExactly("1");
            }
        }
    }
}
