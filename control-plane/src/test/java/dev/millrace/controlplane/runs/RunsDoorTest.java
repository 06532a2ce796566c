package dev.millrace.controlplane.runs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.Tenants;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.protocol.runs.v1.CancelRun;
import dev.millrace.protocol.runs.v1.ClientFrame;
import dev.millrace.protocol.runs.v1.Follow;
import dev.millrace.protocol.runs.v1.RunEnded;
import dev.millrace.protocol.runs.v1.RunsGrpc;
import dev.millrace.protocol.runs.v1.ServerFrame;
import dev.millrace.protocol.runs.v1.StartBatch;
import dev.millrace.protocol.runs.v1.StartItem;
import dev.millrace.protocol.runs.v1.StartedItem;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients over real streams, against the real core. */
class RunsDoorTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final String workflow = "s-" + UUID.randomUUID();
    private String version;

    @BeforeEach
    void register() {
        version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
    }

    private static final class Client implements AutoCloseable {
        private final BlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();
        private final StreamObserver<ClientFrame> out;

        Client(String token) {
            var channel = ClientInterceptors.intercept(PLANE.channel(), TestControlPlane.presenting(token));
            out = RunsGrpc.newStub(channel).session(new StreamObserver<>() {
                @Override
                public void onNext(ServerFrame frame) {
                    frames.add(frame);
                }

                @Override
                public void onError(Throwable failure) {
                    end.complete(Status.fromThrowable(failure));
                }

                @Override
                public void onCompleted() {
                    end.complete(Status.OK);
                }
            });
        }

        ServerFrame await(Predicate<ServerFrame> wanted) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            try {
                while (true) {
                    var frame = frames.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                    if (frame == null) {
                        throw new AssertionError("No such frame came; end: " + end.getNow(null));
                    }
                    if (wanted.test(frame)) {
                        return frame;
                    }
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        List<StartedItem> start(StartBatch batch) {
            out.onNext(ClientFrame.newBuilder().addStarts(batch).build());
            var reply = await(frame -> frame.getStartedCount() > 0).getStarted(0);
            assertThat(reply.getCorrelation()).isEqualTo(batch.getCorrelation());
            return reply.getItemsList();
        }

        Status end() {
            try {
                return end.get(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError("The stream has not ended.", e);
            }
        }

        @Override
        public void close() {
            if (!end.isDone()) {
                out.onError(Status.CANCELLED.asRuntimeException());
            }
        }
    }

    private StartItem.Builder item(String input) {
        return StartItem.newBuilder().setWorkflow(workflow).setInput(ByteString.copyFromUtf8(input));
    }

    private static StartBatch.Builder batch(long correlation) {
        return StartBatch.newBuilder().setCorrelation(correlation).setRequestId(TestWorker.bytes(UUID.randomUUID()));
    }

    @Test
    void aFollowedStartTellsItsEnd() {
        try (var client = new Client(PLANE.token());
                var worker = TestWorker.connect(
                        PLANE,
                        PLANE.token(),
                        TestWorker.hello(workflow, version).build())) {
            var items = client.start(batch(1).addItems(item("{\"cents\":1}").setFollow(11))
                    .addItems(item("{\"cents\":-1}").setFollow(12))
                    .addItems(item("{\"cents\":3}").setPriority(9))
                    .addItems(item("{\"cents\":4}"))
                    .build());
            assertThat(items).hasSize(4);
            assertThat(items.get(0).getStarted().getExisting()).isFalse();
            assertThat(items.get(1).getRefused().getCode()).isEqualTo("SCHEMA_MISMATCH");
            assertThat(items.get(2).getRefused().getCode()).isEqualTo("FIELD_INVALID");
            assertThat(items.get(3).hasStarted()).isTrue();
            List<dev.millrace.protocol.worker.v1.Assignment> assignments = new ArrayList<>();
            while (assignments.size() < 2) {
                assignments.addAll(worker.assignments());
            }
            assignments.forEach(assignment -> worker.succeed(assignment.getAttempt(), "{\"ok\":1.0}"));
            RunEnded end = client.await(frame -> frame.getEndedCount() > 0).getEnded(0);
            assertThat(end.getCorrelation()).isEqualTo(11);
            assertThat(end.getState()).isEqualTo("SUCCEEDED");
            assertThat(end.getResult().toStringUtf8()).isEqualTo("{\"ok\":1.0}");
            assertThat(end.getRunId()).isEqualTo(items.get(0).getStarted().getRunId());
        }
    }

    @Test
    void aBatchSentAgainIsAnsweredWithTheSameRuns() {
        try (var client = new Client(PLANE.token())) {
            var batch = batch(1).addItems(item("{\"cents\":1}").setFollow(5)).addItems(item("{\"cents\":2}"));
            var first = client.start(batch.build());
            try (var reconnected = new Client(PLANE.token())) {
                var again = reconnected.start(
                        batch.setCorrelation(2).setResend(true).build());
                assertThat(again).allMatch(item -> item.getStarted().getExisting());
                assertThat(again.stream().map(item -> item.getStarted().getRunId()))
                        .containsExactlyElementsOf(first.stream()
                                .map(item -> item.getStarted().getRunId())
                                .toList());
                try (var worker = TestWorker.connect(
                        PLANE,
                        PLANE.token(),
                        TestWorker.hello(workflow, version).build())) {
                    for (int done = 0; done < 2; ) {
                        for (var assignment : worker.assignments()) {
                            worker.succeed(assignment.getAttempt(), "" + done++);
                        }
                    }
                    assertThat(reconnected
                                    .await(frame -> frame.getEndedCount() > 0)
                                    .getEnded(0)
                                    .getCorrelation())
                            .isEqualTo(5);
                }
            }
        }
    }

    @Test
    void theEndOfAnEndedRunIsToldAtOnce() {
        try (var client = new Client(PLANE.token());
                var worker = TestWorker.connect(
                        PLANE,
                        PLANE.token(),
                        TestWorker.hello(workflow, version).build())) {
            var run = client.start(batch(1).addItems(item("{\"cents\":1}")).build())
                    .get(0)
                    .getStarted()
                    .getRunId();
            worker.fail(
                    worker.assignment().getAttempt(),
                    dev.millrace.protocol.worker.v1.Failure.newBuilder()
                            .setType("com.acme.Broken")
                            .setMessage("it broke")
                            .build());
            client.out.onNext(ClientFrame.newBuilder()
                    .addFollows(Follow.newBuilder().setCorrelation(3).setRunId(run))
                    .build());
            var end = client.await(frame -> frame.getEndedCount() > 0).getEnded(0);
            assertThat(end.getState()).isEqualTo("FAILED");
            assertThat(end.getFailedStep()).isEqualTo("only");
            assertThat(end.getError().getCode()).isEqualTo("STEP_FAILED");
            assertThat(end.getError().getMessage()).isEqualTo("com.acme.Broken: it broke");
            // And again, long after: from what is stored.
            client.out.onNext(ClientFrame.newBuilder()
                    .addFollows(Follow.newBuilder().setCorrelation(4).setRunId(run))
                    .build());
            assertThat(client.await(frame -> frame.getEndedCount() > 0)
                            .getEnded(0)
                            .getCorrelation())
                    .isEqualTo(4);
        }
    }

    @Test
    void aRunIsCancelledOverTheStream() {
        try (var client = new Client(PLANE.token())) {
            var run = client.start(batch(1).addItems(item("{\"cents\":1}").setFollow(2))
                            .build())
                    .get(0)
                    .getStarted()
                    .getRunId();
            client.out.onNext(ClientFrame.newBuilder()
                    .addCancels(CancelRun.newBuilder()
                            .setCorrelation(7)
                            .setRunId(run)
                            .setReason("enough"))
                    .build());
            var seen = new ArrayList<ServerFrame>();
            client.await(frame -> {
                seen.add(frame);
                return seen.stream().anyMatch(one -> one.getCancelledCount() > 0)
                        && seen.stream().anyMatch(one -> one.getEndedCount() > 0);
            });
            assertThat(seen.stream()
                            .flatMap(frame -> frame.getCancelledList().stream())
                            .findFirst()
                            .orElseThrow()
                            .getState())
                    .isEqualTo("CANCELLING");
            assertThat(seen.stream()
                            .flatMap(frame -> frame.getEndedList().stream())
                            .findFirst()
                            .orElseThrow()
                            .getState())
                    .isEqualTo("CANCELLED");
        }
    }

    @Test
    void whatIsNotThereIsRefusedWithItsCorrelation() {
        var other = Tenants.create(PLANE, "runs-" + UUID.randomUUID());
        try (var client = new Client(PLANE.token());
                var stranger = new Client(other.token())) {
            var run = client.start(batch(1).addItems(item("{\"cents\":1}")).build())
                    .get(0)
                    .getStarted()
                    .getRunId();
            for (var id : List.of(run, TestWorker.bytes(UUID.randomUUID()))) {
                stranger.out.onNext(ClientFrame.newBuilder()
                        .addFollows(Follow.newBuilder().setCorrelation(3).setRunId(id))
                        .build());
                var refusal =
                        stranger.await(frame -> frame.getRefusalsCount() > 0).getRefusals(0);
                assertThat(refusal.getCorrelation()).isEqualTo(3);
                assertThat(refusal.getError().getCode()).isEqualTo("RUN_NOT_FOUND");
                stranger.out.onNext(ClientFrame.newBuilder()
                        .addCancels(CancelRun.newBuilder()
                                .setCorrelation(4)
                                .setRunId(id)
                                .setReason("mine now"))
                        .build());
                refusal = stranger.await(frame -> frame.getRefusalsCount() > 0).getRefusals(0);
                assertThat(refusal.getCorrelation()).isEqualTo(4);
                assertThat(refusal.getError().getCode()).isEqualTo("RUN_NOT_FOUND");
            }
            assertThat(stranger.start(batch(9).addItems(item("{\"cents\":1}")).build())
                            .get(0)
                            .getRefused()
                            .getCode())
                    .isEqualTo("WORKFLOW_NOT_FOUND");
        }
    }

    @Test
    void eachRequestIsAskedForItsOwnPermission() {
        var token = PLANE.ask(
                        "POST",
                        "/api/v1/services/default/tokens",
                        "{\"name\":\"t\",\"permissions\":[\"workflows:read\"]}")
                .text("token");
        var id = TestWorker.bytes(UUID.randomUUID());
        try (var client = new Client(token)) {
            client.out.onNext(ClientFrame.newBuilder()
                    .addStarts(batch(1).addItems(item("{\"cents\":1}")))
                    .addFollows(Follow.newBuilder().setCorrelation(2).setRunId(id))
                    .addCancels(CancelRun.newBuilder()
                            .setCorrelation(3)
                            .setRunId(id)
                            .setReason("x"))
                    .build());
            var refused = new ArrayList<dev.millrace.protocol.runs.v1.Refusal>();
            client.await(frame -> {
                refused.addAll(frame.getRefusalsList());
                return refused.size() == 3;
            });
            assertThat(refused).allMatch(refusal -> refusal.getError().getCode().equals("PERMISSION_DENIED"));
            assertThat(refused).extracting(refusal -> refusal.getCorrelation()).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void aClientCompiledAgainstAShapeGetsAVersionOfThatShape() {
        var newer = Workflow.register(PLANE, Workflow.chain(workflow, "only", "one-more"), PLANE.token());
        assertThat(newer).isNotEqualTo(version);
        var shape = Workflow.chain(workflow, "only").shapeHash();
        try (var client = new Client(PLANE.token())) {
            var items = client.start(batch(1).addItems(item("{\"cents\":1}").setShape(shape))
                    .addItems(item("{\"cents\":1}"))
                    .addItems(item("{\"cents\":1}").setShape("0123456789abcdef0123456789abcdef"))
                    .build());
            assertThat(versionOf(items.get(0))).isEqualTo(version);
            assertThat(versionOf(items.get(1))).isEqualTo(newer);
            assertThat(items.get(2).getRefused().getCode()).isEqualTo("VERSION_NOT_FOUND");
        }
    }

    private static String versionOf(StartedItem item) {
        var buffer = item.getStarted().getRunId().asReadOnlyByteBuffer();
        var run = new UUID(buffer.getLong(), buffer.getLong());
        return PLANE.ask("GET", "/api/v1/runs/" + run, "").text("version");
    }

    @Test
    void aBreachOfTheProtocolEndsTheStreamWithTheReason() {
        try (var client = new Client(PLANE.token())) {
            client.out.onNext(ClientFrame.newBuilder().addStarts(batch(1)).build());
            assertThat(client.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(client.end().getDescription()).contains("a batch of 0 starts");
        }
        try (var client = new Client(PLANE.token())) {
            client.out.onNext(ClientFrame.newBuilder()
                    .addStarts(StartBatch.newBuilder().addItems(item("1")))
                    .build());
            assertThat(client.end().getDescription()).contains("request_id has 0 bytes");
        }
    }

    @Test
    void aMessageOverTheLimitIsRefused() {
        try (var client = new Client(PLANE.token())) {
            client.out.onNext(ClientFrame.newBuilder()
                    .addStarts(batch(1).addItems(item("\"" + "x".repeat(5 << 20) + "\"")))
                    .build());
            assertThat(client.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void manyBatchesAtOnceAreAllAnswered() {
        try (var client = new Client(PLANE.token())) {
            for (int i = 1; i <= 200; i++) {
                client.out.onNext(ClientFrame.newBuilder()
                        .addStarts(batch(i).addItems(item("{\"cents\":1}")).addItems(item("{\"cents\":2}")))
                        .build());
            }
            var answered = new ArrayList<Long>();
            client.await(frame -> {
                frame.getStartedList().forEach(reply -> answered.add(reply.getCorrelation()));
                return answered.size() == 200;
            });
            assertThat(answered).doesNotHaveDuplicates();
        }
    }
}
