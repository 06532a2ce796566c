package dev.millrace.client;

import static dev.millrace.Priority.HIGH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.millrace.TypeRef;
import dev.millrace.binding.WorkflowRef;
import dev.millrace.connection.AccessRefusedException;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.Pace;
import dev.millrace.connection.StreamLoop;
import dev.millrace.connection.UnavailableException;
import dev.millrace.fake.Cuts;
import dev.millrace.fake.FakeControlPlane;
import dev.millrace.rest.model.RunState;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.runs.v1.ClientFrame;
import dev.millrace.wire.runs.v1.Error;
import dev.millrace.wire.runs.v1.RunEnded;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RunsTest {
    private static final Duration PATIENT = Duration.ofSeconds(20);
    private static final Pace QUICK = new Pace(
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            new StreamLoop.Liveness(Duration.ofMillis(100), Duration.ofMillis(1500)));

    record Order(String id, int cents) {}

    record Receipt(String number) {}

    private final FakeControlPlane controlPlane = new FakeControlPlane();
    private Millrace millrace = connect(Millrace.builder());
    private WorkflowClient<Order, Receipt> orders = client(millrace);

    @AfterEach
    void close() {
        millrace.close();
        controlPlane.close();
    }

    @Test
    void aRunBringsItsResult() {
        controlPlane.runs.ending(run -> Optional.of(succeeded("{\"number\":\"R-1\"}")));

        assertThat(orders.run(new Order("A-1", 12))).isEqualTo(new Receipt("R-1"));

        var item = controlPlane.runs.started.get(0).item();
        assertThat(item.getWorkflow()).isEqualTo("orders");
        assertThat(item.getShape()).isEqualTo("shape-1");
        assertThat(item.getInput().toStringUtf8()).isEqualTo("{\"id\":\"A-1\",\"cents\":12}");
        assertThat(item.getIdempotencyKey()).isEmpty();
        assertThat(item.getPriority()).isEqualTo(2);
        assertThat(item.getDeadlineMillis()).isZero();
    }

    @Test
    void aStartCarriesItsOptions() {
        orders.start(
                new Order("A-1", 1),
                o -> o.idempotencyKey("order-A-1")
                        .priority(HIGH)
                        .metadata("region", "eu")
                        .metadata("shop", "7")
                        .deadline(Duration.ofHours(2)));

        var item = controlPlane.runs.started.get(0).item();
        assertThat(item.getIdempotencyKey()).isEqualTo("order-A-1");
        assertThat(item.getPriority()).isEqualTo(3);
        assertThat(item.getMetadataMap()).isEqualTo(Map.of("region", "eu", "shop", "7"));
        assertThat(item.getDeadlineMillis()).isEqualTo(7_200_000);
        assertThat(item.getFollow()).as("nobody waits for it").isZero();
    }

    @Test
    void aKeyLivesAsLongAsItsStartSays() {
        orders.start(new Order("A-1", 1), o -> o.idempotencyKey("k"));
        orders.start(new Order("A-1", 1), o -> o.idempotencyKey("k", Duration.ofHours(1)));
        orders.start(
                new Order("A-1", 1), o -> o.idempotencyKeyUntilFinished("k").priority(HIGH));

        assertThat(controlPlane.runs.started)
                .extracting(
                        started -> started.item().getKeyLifeMillis(),
                        started -> started.item().getKeyUntilFinished())
                .containsExactly(tuple(0L, false), tuple(3_600_000L, false), tuple(0L, true));
    }

    @Test
    void eachStartOfManyMayHaveOptionsOfItsOwn() {
        orders.startAll(
                List.of(new Order("a", 1), new Order("b", 2)), (order, o) -> o.idempotencyKey("order-" + order.id()));

        assertThat(controlPlane.runs.started)
                .extracting(started -> started.item().getIdempotencyKey())
                .containsExactly("order-a", "order-b");
    }

    @Test
    void aLoaderStartsAnyNumberOfRunsAndTellsWhatWasRefused() {
        controlPlane.runs.refusing(item -> item.getIdempotencyKey().equals("A-7")
                ? Optional.of(Error.newBuilder()
                        .setCode("SCHEMA_MISMATCH")
                        .setMessage("No.")
                        .build())
                : Optional.empty());
        var loader = orders.loader();
        for (int i = 0; i < 3_000; i++) {
            var id = "A-" + i;
            loader.add(new Order(id, i), o -> o.idempotencyKey(id));
        }
        loader.add(new Order("x".repeat(2_000_000), 1));

        var report = loader.finish();

        assertThat(report.started()).isEqualTo(2_999);
        assertThat(report.refused()).isEqualTo(2);
        assertThat(report.refusals())
                .extracting(
                        LoadReport.Refusal::position,
                        refusal -> refusal.reason().code())
                .containsExactlyInAnyOrder(tuple(7L, "SCHEMA_MISMATCH"), tuple(3_000L, "PAYLOAD_TOO_LARGE"));
        assertThat(controlPlane.runs.started).hasSize(2_999);
        assertThat(loader.finish()).isEqualTo(report);
        loader.close();
        assertThatThrownBy(() -> loader.add(new Order("late", 1))).hasMessageContaining("closed");
    }

    @Test
    void aLoaderThatGetsNoAnswerSaysSo() {
        reconnect(Millrace.builder().answerTimeout(Duration.ofMillis(300)));
        var loader = orders.loader();
        loader.add(new Order("A-1", 1));
        loader.finish();
        controlPlane.runs.fallSilent();
        loader.add(new Order("A-2", 1));

        assertThatThrownBy(loader::finish)
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("1 runs are stored")
                .hasMessageContaining("unknown");
    }

    @Test
    void aHandleWaitsForTheEnd() {
        var handle = orders.start(new Order("A-1", 1));
        var end = handle.ended().toCompletableFuture();
        await().until(() -> controlPlane.runs.followed() == 1);

        controlPlane.runs.end(UUID.fromString(handle.id()), succeeded("{\"number\":\"R-2\"}"));

        assertThat(handle.result(PATIENT)).isEqualTo(new Receipt("R-2"));
        assertThat(end)
                .succeedsWithin(PATIENT)
                .isEqualTo(new RunEnd<>(
                        handle.id(), RunState.SUCCEEDED, Optional.of(new Receipt("R-2")), Optional.empty(), false));
        assertThat(orders.get(handle.id()).result(PATIENT))
                .as("another handle of the run")
                .isEqualTo(new Receipt("R-2"));
    }

    @Test
    void aWorkflowWithoutInputAndResultIsStartedWithNothing() {
        controlPlane.runs.ending(run -> Optional.of(RunEnded.newBuilder().setState("SUCCEEDED")));

        var nightly = millrace.workflow("nightly", Void.class, Void.class);

        assertThat(nightly.run(null)).isNull();
        assertThat(controlPlane.runs.started.get(0).item().getInput().toStringUtf8())
                .isEqualTo("null");
    }

    @Test
    void aResultThatMayBeMissingIsAnOptional() {
        var maybe = millrace.workflow(
                new WorkflowRef<>("orders", "shape-1", TypeRef.of(Order.class), new TypeRef<Optional<Receipt>>() {}));
        controlPlane.runs.ending(run -> Optional.of(RunEnded.newBuilder().setState("SUCCEEDED")));
        assertThat(maybe.run(new Order("A-1", 1))).isEmpty();

        controlPlane.runs.ending(run -> Optional.of(succeeded("{\"number\":\"R-1\"}")));
        assertThat(maybe.run(new Order("A-1", 1))).contains(new Receipt("R-1"));
    }

    @Test
    void whatSomeStepsLeftOutIsEmptyInTheRecordOfAllResults() {
        record Results(Receipt ship, Optional<Receipt> gift, Optional<Receipt> extra) {}
        controlPlane.runs.ending(run -> Optional.of(succeeded("{\"ship\":{\"number\":\"1\"},\"gift\":null}")));

        assertThat(millrace.workflow("orders", Order.class, Results.class).run(new Order("A-1", 1)))
                .isEqualTo(new Results(new Receipt("1"), Optional.empty(), Optional.empty()));
    }

    @Test
    void howARunEndedDecidesWhatIsThrown() {
        var failed = orders.start(new Order("f", 1));
        var cancelled = orders.start(new Order("c", 1));
        var timedOut = orders.start(new Order("t", 1));
        controlPlane.runs.end(
                UUID.fromString(failed.id()),
                RunEnded.newBuilder()
                        .setState("FAILED")
                        .setFailedStep("charge")
                        .setCompensated(true)
                        .setError(Error.newBuilder().setCode("STEP_FAILED").setMessage("The card expired.")));
        controlPlane.runs.end(
                UUID.fromString(timedOut.id()), RunEnded.newBuilder().setState("TIMED_OUT"));

        assertThat(cancelled.cancel("changed my mind")).isTrue();
        assertThat(cancelled.cancel("again")).isFalse();

        var failure = catchThrowableOfType(RunFailedException.class, () -> failed.result(PATIENT));
        assertThat(failure)
                .hasMessage("Run " + failed.id() + " failed in step 'charge': The card expired. [STEP_FAILED]");
        assertThat(failure.code()).isEqualTo("STEP_FAILED");
        assertThat(failure.failedStep()).isEqualTo("charge");
        assertThat(failure.compensated()).isTrue();
        assertThatThrownBy(() -> cancelled.result(PATIENT))
                .isInstanceOf(RunCancelledException.class)
                .hasMessage("Run " + cancelled.id() + " was cancelled: changed my mind");
        assertThatThrownBy(() -> timedOut.result(PATIENT)).isInstanceOf(RunTimedOutException.class);
        assertThat(failed.await(PATIENT).state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void aWaitHasAnEndAndTheRunGoesOn() {
        var handle = orders.start(new Order("A-1", 1));

        assertThatThrownBy(() -> handle.result(Duration.ofMillis(50)))
                .isInstanceOf(ResultTimeoutException.class)
                .hasMessageContaining(handle.id())
                .hasMessageContaining("It goes on");
        await().untilAsserted(() -> assertThat(controlPlane.runs.followed()).isZero());

        controlPlane.runs.end(UUID.fromString(handle.id()), succeeded("{\"number\":\"late\"}"));
        assertThat(handle.result(PATIENT)).isEqualTo(new Receipt("late"));

        assertThatThrownBy(() -> orders.run(new Order("A-2", 2), Duration.ofMillis(50)))
                .isInstanceOf(ResultTimeoutException.class);
        await().untilAsserted(() -> assertThat(controlPlane.runs.followed()).isZero());
    }

    @Test
    void aRefusedStartSaysWhy() {
        controlPlane.runs.refusing(item -> Optional.of(Error.newBuilder()
                .setCode("SCHEMA_MISMATCH")
                .setMessage("$.cents: required")
                .build()));

        var refusal = catchThrowableOfType(StartRefusedException.class, () -> orders.start(new Order("A-1", 1)));

        assertThat(refusal.code()).isEqualTo("SCHEMA_MISMATCH");
        assertThat(refusal).hasMessage("$.cents: required");
        assertThat(refusal.getStackTrace())
                .as("the caller is in the stack")
                .anyMatch(frame -> frame.getClassName().equals(RunsTest.class.getName()));
    }

    @Test
    void anUnknownRunIsSaidToBeUnknown() {
        var refusal = catchThrowableOfType(
                MillraceException.class,
                () -> orders.get("0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d").result(PATIENT));

        assertThat(refusal.code()).isEqualTo("RUN_NOT_FOUND");
        assertThatThrownBy(() -> orders.get("17"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"17\"");
    }

    @Test
    void aBatchIsStartedInOrderAndInPieces() {
        var inputs =
                IntStream.range(0, 2500).mapToObj(i -> new Order("A-" + i, i)).toList();

        var handles = orders.startAll(inputs);

        assertThat(controlPlane.runs.batches).allMatch(batch -> batch.getItemsCount() <= RunBook.MOST_ITEMS);
        assertThat(new HashSet<>(controlPlane.runs.batches.stream()
                        .map(batch -> batch.getRequestId())
                        .toList()))
                .as("each batch has its own request id")
                .hasSameSizeAs(controlPlane.runs.batches);
        assertThat(handles.stream().map(RunHandle::id))
                .isEqualTo(controlPlane.runs.started.stream()
                        .map(run -> run.id().toString())
                        .toList());
        assertThat(controlPlane.runs.started.get(2499).item().getInput().toStringUtf8())
                .contains("A-2499");
    }

    @Test
    void theInputsOfOneCallTravelTogether() {
        var inputs =
                IntStream.range(0, 600).mapToObj(i -> new Order("A-" + i, i)).toList();

        orders.startAll(inputs);

        assertThat(controlPlane.runs.started).hasSize(600);
        assertThat(controlPlane.runs.batches).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void whatComesBeforeAnInputWithoutOptionsIsStarted() {
        var inputs =
                IntStream.range(0, 10).mapToObj(i -> new Order("A-" + i, i)).toList();

        assertThatThrownBy(() -> orders.startAll(inputs, (input, options) -> {
                    if (input.cents() == 7) {
                        throw new IllegalStateException("no seventh");
                    }
                    return options;
                }))
                .hasMessage("no seventh");

        await().until(() -> controlPlane.runs.started.size() == 7);
    }

    @Test
    void aFrameStaysUnderTheLimitOfBytes() {
        var inputs = IntStream.range(0, 12)
                .mapToObj(i -> new Order("x".repeat(1_000_000), i))
                .toList();

        orders.startAll(inputs);

        assertThat(controlPlane.runs.started).hasSize(12);
        assertThat(controlPlane.runs.frames).allMatch(frame -> frame.getSerializedSize() <= 4 * 1024 * 1024);
    }

    @Test
    void whatIsReadyAtTheSameMomentTravelsTogether() {
        controlPlane.stopGrpc();
        var starts = IntStream.range(0, 500)
                .mapToObj(i -> orders.startAsync(new Order("A-" + i, i), o -> o).toCompletableFuture())
                .toList();
        controlPlane.startGrpc();

        starts.forEach(start -> assertThat(start).succeedsWithin(PATIENT));

        assertThat(controlPlane.runs.batches)
                .singleElement()
                .satisfies(batch -> assertThat(batch.getItemsCount()).isEqualTo(500));
    }

    @Test
    void ofABatchThatIsRefusedInPartTheRestIsStarted() {
        controlPlane.runs.refusing(item -> item.getInput().toStringUtf8().contains("bad")
                ? Optional.of(Error.newBuilder()
                        .setCode("SCHEMA_MISMATCH")
                        .setMessage("No.")
                        .build())
                : Optional.empty());

        var refusal = catchThrowableOfType(
                BatchRefusedException.class,
                () -> orders.startAll(List.of(
                        new Order("good", 1),
                        new Order("bad", 2),
                        new Order("fine", 3),
                        new Order("x".repeat(1024 * 1024), 4))));

        assertThat(refusal).hasMessage("2 of 4 runs could not be started; the others were. The first is number 1: No.");
        assertThat(refusal.failures()).containsOnlyKeys(1, 3);
        assertThat(refusal.failures().get(3).code()).isEqualTo("PAYLOAD_TOO_LARGE");
        assertThat(refusal.started()).containsOnlyKeys(0, 2);
        assertThat(controlPlane.runs.started).hasSize(2);
    }

    @Test
    void anInputThatIsTooLargeIsRefusedHere() {
        assertThatThrownBy(() -> orders.start(new Order("x".repeat(1024 * 1024), 1)))
                .isInstanceOf(StartRefusedException.class)
                .hasMessageContaining("1 MiB");
        assertThat(controlPlane.runs.frames).isEmpty();
    }

    /** Breaks the stream at every boundary there is, one after the other; the user must not notice. */
    @Test
    @Timeout(300)
    void aCutAnywhereNeitherLosesNorRepeatsARun() throws Exception {
        for (int boundary = 0; ; boundary++) {
            try (var broken = new FakeControlPlane();
                    var connected = connect(Millrace.builder(), broken)) {
                var cuts = Cuts.at(boundary);
                broken.runs.cuts(cuts);
                broken.runs.ending(run -> run.item().getInput().toStringUtf8().contains("later")
                        ? Optional.empty()
                        : Optional.of(succeeded("{\"number\":"
                                + run.item().getInput().toStringUtf8().replaceAll("\\D", "") + "}")));
                var client = connected.workflow(new WorkflowRef<>(
                        "orders", "", new TypeRef<Map<String, Integer>>() {}, new TypeRef<Map<String, Integer>>() {}));

                var running = CompletableFuture.supplyAsync(() -> client.run(Map.of("n", 1)));
                var handles = client.startAll(List.of(Map.of("n", 2), Map.of("n", 3), Map.of("later", 4)));
                var later = handles.get(2).ended().toCompletableFuture();

                assertThat(running.get(20, TimeUnit.SECONDS))
                        .as("cut at %d", boundary)
                        .isEqualTo(Map.of("number", 1));
                assertThat(handles.get(0).result(PATIENT)).isEqualTo(Map.of("number", 2));
                assertThat(handles.get(1).result(PATIENT)).isEqualTo(Map.of("number", 3));
                await().until(() -> broken.runs.followed() == 1);
                broken.runs.end(UUID.fromString(handles.get(2).id()), succeeded("{\"number\":4}"));
                assertThat(later.get(20, TimeUnit.SECONDS).result()).contains(Map.of("number", 4));

                assertThat(broken.runs.started).as("cut at %d", boundary).hasSize(4);
                if (!cuts.happened()) {
                    assertThat(boundary).as("boundaries of the conversation").isGreaterThan(10);
                    return;
                }
            }
        }
    }

    @Test
    void aRestartOfTheControlPlaneIsOutlasted() {
        var handle = orders.start(new Order("A-1", 1));
        var end = handle.ended().toCompletableFuture();
        await().until(() -> controlPlane.runs.followed() == 1);

        controlPlane.stopGrpc();
        var second = orders.startAsync(new Order("A-2", 2), o -> o).toCompletableFuture();
        controlPlane.startGrpc();

        assertThat(second).succeedsWithin(PATIENT);
        await().until(() -> controlPlane.runs.followed() == 1);
        controlPlane.runs.end(UUID.fromString(handle.id()), succeeded("{\"number\":\"R\"}"));
        assertThat(end).succeedsWithin(PATIENT);
        assertThat(controlPlane.runs.started).hasSize(2);
    }

    @Test
    void aPeerThatFallsSilentIsTakenForDead() {
        orders.start(new Order("A-1", 1));
        controlPlane.runs.fallSilent();
        var second = orders.startAsync(new Order("A-2", 2), o -> o).toCompletableFuture();

        assertThat(second).as("sent again on another stream").succeedsWithin(PATIENT);
        assertThat(controlPlane.runs.started).hasSize(2);
        assertThat(controlPlane.runs.batches)
                .last()
                .satisfies(batch -> assertThat(batch.getResend()).isTrue());
    }

    @Test
    void whileNothingIsAskedSilenceIsNoSignOfDeathAndTheStreamIsKeptOpen() {
        var lively = new StreamLoop.Liveness(Duration.ofMillis(100), Duration.ofMillis(200));
        millrace.close();
        millrace = connect(
                Millrace.builder(), controlPlane, new Pace(Duration.ofMillis(5), Duration.ofMillis(50), lively));
        client(millrace).start(new Order("A-1", 1));
        controlPlane.runs.fallSilent();
        int before = controlPlane.runs.frames.size();

        // More than anybody sends before a peer that owes an answer counts as dead.
        await().until(() -> controlPlane.runs.frames.size() >= before + 3);

        assertThat(controlPlane.runs.frames.subList(before, before + 3)).allMatch(ClientFrame::getHeartbeat);
    }

    @Test
    void whatCannotBeAnsweredAtThisMomentIsAskedAgain() {
        controlPlane.runs.refuseNext("UNAVAILABLE");
        var handle = orders.start(new Order("A-1", 1));

        controlPlane.runs.refuseNext("UNAVAILABLE");
        var end = handle.ended().toCompletableFuture();
        await().until(() -> controlPlane.runs.followed() == 1);

        controlPlane.runs.refuseNext("UNAVAILABLE");
        assertThat(handle.cancel("no more")).isTrue();
        assertThat(end)
                .succeedsWithin(PATIENT)
                .satisfies(ended -> assertThat(ended.state()).isEqualTo(RunState.CANCELLED));
    }

    @Test
    void aFollowThatFindsTooMuchBeforeItIsAskedAgain() {
        var handle = orders.start(new Order("A-1", 1));

        controlPlane.runs.refuseNext("OVERLOADED");
        var end = handle.ended().toCompletableFuture();
        await().until(() -> controlPlane.runs.followed() == 1);
        controlPlane.runs.end(UUID.fromString(handle.id()), succeeded("{\"number\":\"R\"}"));

        assertThat(end).succeedsWithin(PATIENT);
    }

    @Test
    void aClientThatIsAskedToConnectElsewhereDoes() {
        var handle = orders.start(new Order("A-1", 1));
        var end = handle.ended().toCompletableFuture();
        await().until(() -> controlPlane.runs.followed() == 1);

        controlPlane.runs.drain(10);
        await().until(() -> controlPlane.runs.frames.stream()
                        .filter(frame -> frame.getFollowsCount() > 0)
                        .count()
                == 2);
        controlPlane.runs.end(UUID.fromString(handle.id()), succeeded("{\"number\":\"R\"}"));

        assertThat(end).succeedsWithin(PATIENT);
    }

    @Test
    void aStartThatNobodyAnswersHasAnEnd() {
        reconnect(Millrace.builder().answerTimeout(Duration.ofMillis(300)));
        orders.start(new Order("A-1", 1));
        controlPlane.runs.fallSilent();

        assertThatThrownBy(() -> orders.start(new Order("A-2", 2)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("within 300 ms")
                .hasMessageContaining("unknown");

        controlPlane.stopGrpc();
        await().until(() -> controlPlane.runs.sessions() == 0);
        assertThatThrownBy(() -> orders.start(new Order("A-3", 3)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("never sent");
        assertThatThrownBy(() -> orders.startAsync(new Order("A-4", 4), o -> o)
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(UnavailableException.class);
    }

    @Test
    void aTokenThatIsRefusedIsToldAtOnce() {
        reconnect(Millrace.builder().token("mr_wrong"));

        assertThatThrownBy(() -> orders.start(new Order("A-1", 1)))
                .isInstanceOf(AccessRefusedException.class)
                .hasMessageContaining("token");

        reconnect(Millrace.builder().token("mr_wrong").grpcAddress(":" + controlPlane.grpcPort()));
        var refusal = catchThrowableOfType(AccessRefusedException.class, () -> orders.start(new Order("A-1", 1)));
        assertThat(refusal.code()).isEqualTo("UNAUTHENTICATED");
        assertThat(refusal).hasMessageContaining("The token is not valid.");
    }

    @Test
    void thePortOfTheRestApiIsNoGrpcAddress() {
        reconnect(Millrace.builder().grpcAddress("127.0.0.1:" + controlPlane.restPort()));

        var refusal = catchThrowableOfType(MillraceException.class, () -> orders.start(new Order("A-1", 1)));

        assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo("NOT_GRPC");
        assertThat(refusal).hasMessageContaining("port of the REST API");
    }

    @Test
    void whatWaitsWhenTheProcessClosesIsTold() {
        var end = orders.start(new Order("A-1", 1)).ended().toCompletableFuture();
        await().until(() -> controlPlane.runs.followed() == 1);

        millrace.close();

        assertThat(end)
                .failsWithin(PATIENT)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("closed");
        assertThatThrownBy(() -> orders.start(new Order("A-2", 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void optionsThatCannotBeAreRefusedHere() {
        assertThatThrownBy(() -> StartOptions.none().idempotencyKey("a b")).hasMessageContaining("\"a b\"");
        assertThatThrownBy(() -> StartOptions.none().deadline(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> StartOptions.none().metadata("k", "v".repeat(17_000)))
                .hasMessageContaining("16384");
        assertThatThrownBy(() ->
                        orders.startAll(List.of(new Order("a", 1), new Order("b", 2)), o -> o.idempotencyKey("one")))
                .hasMessageContaining("give each its own");
        assertThatThrownBy(() -> StartOptions.none().idempotencyKey("k", Duration.ZERO))
                .hasMessageContaining("PT0S");
    }

    private void reconnect(Millrace.Builder builder) {
        millrace.close();
        millrace = connect(builder);
        orders = client(millrace);
    }

    private Millrace connect(Millrace.Builder builder) {
        return connect(builder, controlPlane);
    }

    private static Millrace connect(Millrace.Builder builder, FakeControlPlane controlPlane) {
        return connect(builder, controlPlane, QUICK);
    }

    private static Millrace connect(Millrace.Builder builder, FakeControlPlane controlPlane, Pace pace) {
        return builder.pace(pace)
                .connect(
                        Map.of("MILLRACE_URL", controlPlane.url(), "MILLRACE_TOKEN", FakeControlPlane.TOKEN),
                        Path.of("/nowhere"));
    }

    private static WorkflowClient<Order, Receipt> client(Millrace millrace) {
        return millrace.workflow(
                new WorkflowRef<>("orders", "shape-1", TypeRef.of(Order.class), TypeRef.of(Receipt.class)));
    }

    private static RunEnded.Builder succeeded(String result) {
        return RunEnded.newBuilder()
                .setState("SUCCEEDED")
                .setResult(ByteString.copyFrom(result, StandardCharsets.UTF_8));
    }
}
