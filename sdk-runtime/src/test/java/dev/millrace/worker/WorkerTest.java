package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.millrace.NonRetryableException;
import dev.millrace.RetryAfterException;
import dev.millrace.client.Millrace;
import dev.millrace.codec.JacksonCodec;
import dev.millrace.connection.AccessRefusedException;
import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.Pace;
import dev.millrace.connection.Settings;
import dev.millrace.connection.StreamLoop;
import dev.millrace.fake.Cuts;
import dev.millrace.fake.FakeControlPlane;
import dev.millrace.fake.FakeDispatch.FakeTask;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Argument;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.Failure;
import dev.millrace.wire.worker.v1.RunFailure;
import dev.millrace.worker.Scripted.Receipt;
import io.grpc.Status;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker against a control plane that the test plays. Long because every case needs the same play; new ones use ScriptedWorker. */
@Timeout(60)
class WorkerTest {
    private static final Pace QUICK = new Pace(
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            new StreamLoop.Liveness(Duration.ofMillis(100), Duration.ofMillis(2000)));
    private static final Map<Integer, String> ORDER = Map.of(0, "{\"id\":\"A-1\",\"cents\":12}");

    private final FakeControlPlane fake = new FakeControlPlane();
    private final Scripted scripted = new Scripted();
    private Optional<Worker> worker = Optional.empty();

    @AfterEach
    void close() {
        worker.ifPresent(each -> each.close(Duration.ZERO));
        fake.close();
    }

    @Test
    void aWorkerIntroducesItselfAndRegistersItsWorkflows() {
        start(builder().slots(7).label("region", "eu").name("me").buildId("b1"));

        assertThat(fake.registered)
                .singleElement()
                .satisfies(manifest -> assertThat(manifest.workflow()).isEqualTo("scripted"));
        var hello = fake.dispatch.hellos.get(0);
        assertThat(hello.getWorkerId().size()).isEqualTo(16);
        assertThat(hello.getName()).isEqualTo("me");
        assertThat(hello.getProtocolVersion()).isEqualTo(1);
        assertThat(hello.getSlots()).isEqualTo(7);
        assertThat(hello.getLabelsMap()).isEqualTo(Map.of("region", "eu"));
        assertThat(hello.getVersionsList()).singleElement().satisfies(version -> {
            assertThat(version.getWorkflow()).isEqualTo("scripted");
            assertThat(version.getVersion()).isEqualTo(fake.registered.get(0).hash());
            assertThat(version.getBuildId()).isEqualTo("b1");
        });
        assertThat(worker.orElseThrow().isConnected()).isTrue();
    }

    @Test
    void aStepIsCalledWithItsArgumentsAndItsResultIsSent() {
        start();

        var completion = completionOf(fake.dispatch.offer("scripted", "ship", ORDER));

        assertThat(completion.getSuccess().getResult().toStringUtf8()).isEqualTo("{\"number\":\"R-A-1\"}");
        assertThat(completion.getSequence()).isEqualTo(1);
        assertThat(completion.getStartedMicros()).isPositive().isLessThanOrEqualTo(completion.getEndedMicros());
    }

    @Test
    void theContextTellsAboutTheAttempt() {
        scripted.script.set((order, context) -> {
            assertThat(context.workflow()).isEqualTo("scripted");
            assertThat(context.step()).isEqualTo("ship");
            assertThat(context.attempt()).isEqualTo(1);
            assertThat(context.element()).isEmpty();
            assertThat(context.metadata()).isEqualTo(Map.of("region", "eu"));
            assertThat(context.idempotencyKey()).isEqualTo(context.runId() + "/ship");
            assertThat(context.deadline())
                    .isBetween(Instant.now(), Instant.now().plusSeconds(61));
            assertThat(context.isCancelled()).isFalse();
            context.throwIfCancelled();
            return new Receipt("fine");
        });
        start();

        assertThat(completionOf(fake.dispatch.offer("scripted", "ship", ORDER)).getFailure())
                .isEqualTo(Failure.getDefaultInstance());
    }

    @Test
    void whatHasNoEffectYetIsRefused() {
        scripted.script.set((order, context) -> {
            assertThatThrownBy(() -> context.log("hello"))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("no effect in this version");
            return new Receipt("fine");
        });
        start();

        assertThat(completionOf(fake.dispatch.offer("scripted", "ship", ORDER)).hasSuccess())
                .isTrue();
    }

    @Test
    void aStepWithoutValueSendsNone() {
        scripted.script.set((order, context) -> Optional.empty());
        start();

        for (var step : List.of("check", "maybe")) {
            var completion = completionOf(fake.dispatch.offer("scripted", step, ORDER));
            assertThat(completion.hasSuccess()).isTrue();
            assertThat(completion.getSuccess().getResult().isEmpty()).isTrue();
        }
    }

    @Test
    void anOptionalValueIsSentAsItself() {
        scripted.script.set((order, context) -> Optional.of(new Receipt("x")));
        start();

        assertThat(completionOf(fake.dispatch.offer("scripted", "maybe", ORDER))
                        .getSuccess()
                        .getResult()
                        .toStringUtf8())
                .isEqualTo("{\"number\":\"x\"}");
    }

    @Test
    void anElementOfAMappedStepKnowsWhichOneItIs() {
        start();

        completionOf(fake.dispatch.offer(
                "pick",
                3,
                Assignment.newBuilder()
                        .setWorkflow("scripted")
                        .setTimeoutMillis(1000)
                        .addArguments(Argument.newBuilder()
                                .setState(Argument.State.VALUE)
                                .setValue(ByteString.copyFromUtf8("\"line\"")))));

        assertThat(scripted.calls).containsExactly("line@OptionalInt[3]");
    }

    @Test
    void handlersAreCalledWithWhatThereIs() {
        start();
        completionOf(fake.dispatch.offer(
                "undo",
                0,
                Assignment.newBuilder()
                        .setWorkflow("scripted")
                        .setTimeoutMillis(1000)
                        .addArguments(Argument.newBuilder()
                                .setState(Argument.State.VALUE)
                                .setValue(ByteString.copyFromUtf8("{\"number\":\"7\"}")))
                        .addArguments(Argument.newBuilder().setParameter(1).setState(Argument.State.SKIPPED))));
        completionOf(fake.dispatch.offer(
                "alert",
                0,
                Assignment.newBuilder()
                        .setWorkflow("scripted")
                        .setTimeoutMillis(1000)
                        .addArguments(Argument.newBuilder()
                                .setState(Argument.State.VALUE)
                                .setValue(ByteString.copyFromUtf8(ORDER.get(0))))
                        .setRunFailure(RunFailure.newBuilder()
                                .setStep("ship")
                                .setCode("STEP_FAILED")
                                .setState("FAILED")
                                .setCause(Failure.newBuilder()
                                        .setType("java.io.IOException")
                                        .setMessage("Gone.")))));

        assertThat(scripted.calls.get(0)).isEqualTo("undo Receipt[number=7] Optional.empty");
        assertThat(scripted.calls.get(1))
                .startsWith("alert A-1 RunFailure[runId=")
                .contains("reason=FAILED, code=STEP_FAILED, message=Gone.")
                .contains("StepFailure[step=ship, code=STEP_FAILED, type=java.io.IOException, message=Gone.]");
    }

    @Test
    void whatAMethodThrowsIsToldWithWhetherItMayBeRetried() {
        start();

        assertThat(failure("ship", new IOException("Broken."))).satisfies(failure -> {
            assertThat(failure.getType()).isEqualTo("java.io.IOException");
            assertThat(failure.getMessage()).isEqualTo("Broken.");
            assertThat(failure.getStackTrace()).contains("WorkerTest");
            assertThat(failure.getNonRetryable()).isFalse();
        });
        assertThat(failure("ship", new NonRetryableException("No.")).getNonRetryable())
                .isTrue();
        assertThat(failure("ship", new RuntimeException(new IOException(new NonRetryableException("deep"))))
                        .getNonRetryable())
                .isTrue();
        assertThat(failure("ship", new IllegalStateException()).getNonRetryable())
                .as("noRetryOn")
                .isTrue();
        assertThat(failure("ship", new CompletionException(new IllegalStateException("x")))
                        .getNonRetryable())
                .as("noRetryOn, wrapped")
                .isTrue();
        assertThat(failure("maybe", new UncheckedIOException(new IOException())).getNonRetryable())
                .as("not in retryOn")
                .isTrue();
        assertThat(failure("maybe", new IOException()).getNonRetryable())
                .as("in retryOn")
                .isFalse();
        assertThat(failure("maybe", new FileNotFoundException()).getNonRetryable())
                .as("noRetryOn wins")
                .isTrue();
        assertThat(failure("ship", new StackOverflowError()).getType()).isEqualTo("java.lang.StackOverflowError");
        assertThat(failure("ship", new IllegalArgumentException(new RetryAfterException(Duration.ofSeconds(5), "api"))))
                .satisfies(failure -> {
                    assertThat(failure.getRetryAfterMillis()).isEqualTo(5000);
                    assertThat(failure.getRateLimit()).isEqualTo("api");
                    assertThat(failure.getNonRetryable()).isFalse();
                });
        var circle = new RuntimeException("a\0b");
        circle.initCause(new RuntimeException(circle));
        assertThat(failure("ship", circle).getMessage()).isEqualTo("a\uFFFDb");
        assertThat(failure("ship", new RuntimeException("x".repeat(100_000)))).satisfies(failure -> {
            assertThat(failure.getMessage()).hasSize(4096).endsWith("...");
            assertThat(failure.getStackTrace()).hasSize(16_384);
        });
    }

    @Test
    void aValueThatCannotBeStoredFailsTheStepForGood() {
        start();

        assertThat(failureOf("ship", (order, context) -> null))
                .satisfies(failure -> assertThat(failure.getType()).isEqualTo("OUTPUT_INVALID"))
                .satisfies(failure -> assertThat(failure.getMessage()).contains("returned null"))
                .satisfies(failure -> assertThat(failure.getNonRetryable()).isTrue());
        assertThat(failureOf("ship", (order, context) -> new Receipt("x".repeat(2_000_000)))
                        .getType())
                .isEqualTo("OUTPUT_TOO_LARGE");
        assertThat(failureOf("ship", (order, context) -> new Receipt("\0")).getMessage())
                .contains("U+0000")
                .contains("$.number");
        assertThat(failureOf("ship", (order, context) -> new Receipt("\ud800")).getType())
                .isEqualTo("OUTPUT_INVALID");
    }

    @Test
    void anArgumentThatCannotBeReadFailsTheStepForGood() {
        start();

        var failure = completionOf(fake.dispatch.offer("scripted", "ship", Map.of(0, "{\"cents\":\"many\"}")))
                .getFailure();

        assertThat(failure.getType()).isEqualTo("ARGUMENT_INVALID");
        assertThat(failure.getNonRetryable()).isTrue();
        assertThat(failure.getMessage()).contains("step 'ship'").contains("cents");
    }

    @Test
    void aStepThatIsNotHereFails() {
        start();

        assertThat(completionOf(fake.dispatch.offer("scripted", "shop", ORDER))
                        .getFailure()
                        .getType())
                .isEqualTo("STEP_UNKNOWN");
        assertThat(completionOf(fake.dispatch.offer("other", "ship", ORDER))
                        .getFailure()
                        .getType())
                .isEqualTo("STEP_UNKNOWN");
    }

    @Test
    void onlyALongAttemptIsAcceptedByItself() throws Exception {
        var release = new CountDownLatch(1);
        scripted.script.set((order, context) -> {
            if (order.id().equals("long")) {
                assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            }
            return new Receipt("done");
        });
        start();
        completionOf(fake.dispatch.offer("scripted", "ship", ORDER));
        var task = fake.dispatch.offer("scripted", "ship", Map.of(0, "{\"id\":\"long\",\"cents\":1}"));

        await().until(() -> !fake.dispatch.accepted.isEmpty());
        release.countDown();
        completionOf(task);

        assertThat(fake.dispatch.accepted)
                .singleElement()
                .satisfies(ref -> assertThat(ref.getRunId())
                        .isEqualTo(task.completion().orElseThrow().getAttempt().getRunId()));
    }

    @Test
    void aCancelledAttemptIsInterruptedAndItsEndTold() {
        var entered = new CountDownLatch(1);
        scripted.script.set((order, context) -> {
            entered.countDown();
            try {
                new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                assertThat(context.isCancelled()).isTrue();
                context.throwIfCancelled();
            }
            return new Receipt("never");
        });
        start();
        var task = fake.dispatch.offer("scripted", "ship", ORDER);
        await().until(() -> entered.getCount() == 0);

        fake.dispatch.cancel(task, "RUN_CANCELLED");

        assertThat(completionOf(task).hasCancelled()).isTrue();
        // The interrupt must not leak into what the thread does next.
        scripted.script.set((order, context) ->
                new Receipt(String.valueOf(Thread.currentThread().isInterrupted())));
        assertThat(completionOf(fake.dispatch.offer("scripted", "ship", ORDER))
                        .getSuccess()
                        .getResult()
                        .toStringUtf8())
                .contains("false");
    }

    @Test
    void lifeIsProvedHoweverBusyTheStepsAre() {
        fake.dispatch.liveness(50, 5000);
        var release = new CountDownLatch(1);
        scripted.script.set((order, context) -> {
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return new Receipt("done");
        });
        start(builder().slots(8));
        var tasks = IntStream.range(0, 8)
                .mapToObj(i -> fake.dispatch.offer("scripted", "ship", ORDER))
                .toList();
        await().until(() ->
                scripted.calls.size() == Math.min(8, Runtime.getRuntime().availableProcessors())
                        || scripted.calls.size() == 8);
        long before = heartbeats();

        await().until(() -> heartbeats() >= before + 5);
        assertThat(fake.dispatch.hellos).as("one stream all the time").hasSize(1);

        release.countDown();
        tasks.forEach(this::completionOf);
    }

    @Test
    void whatIsNotAcknowledgedIsSentAgain() {
        fake.dispatch.acknowledging(false);
        start();
        var task = fake.dispatch.offer("scripted", "ship", ORDER);
        await().until(() -> fake.dispatch.completions.size() == 1);

        // The control plane forgets what it has not stored.
        fake.dispatch.forget(task);
        fake.dispatch.acknowledging(true);
        fake.dispatch.breakStream();

        await().until(() -> fake.dispatch.completions.size() == 2);
        assertThat(fake.dispatch.completions.get(1)).isEqualTo(fake.dispatch.completions.get(0));
        assertThat(fake.dispatch.hellos.get(1).getRunningList())
                .containsExactly(task.completion().orElseThrow().getAttempt());
        assertThat(fake.dispatch.hellos.get(1).getWorkerId())
                .isEqualTo(fake.dispatch.hellos.get(0).getWorkerId());
        assertThat(scripted.calls).hasSize(1);
        assertThat(fake.registered).as("registered once").hasSize(1);
    }

    @Test
    void whatWentToSomebodyElseIsStoppedAndItsResultDropped() {
        var interrupted = new CountDownLatch(1);
        scripted.script.set((order, context) -> {
            try {
                new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return new Receipt("stale");
        });
        fake.dispatch.reoffering(false);
        start();
        var task = fake.dispatch.offer("scripted", "ship", ORDER);
        await().until(() -> scripted.calls.size() == 1);

        fake.dispatch.takeAway(task);
        fake.dispatch.breakStream();

        await().until(() -> interrupted.getCount() == 0);
        scripted.script.set((order, context) -> new Receipt("next"));
        completionOf(fake.dispatch.offer("scripted", "ship", ORDER));
        assertThat(fake.dispatch.completions).hasSize(1);
    }

    /** Breaks the stream at every boundary there is, one after the other: every task ends once, no attempt runs twice. */
    @Test
    @Timeout(300)
    void aCutAnywhereNeitherLosesNorRepeatsAnAttempt() {
        for (int boundary = 0; ; boundary++) {
            try (var broken = new FakeControlPlane()) {
                var steps = new Scripted();
                var cuts = Cuts.at(boundary);
                broken.dispatch.cuts(cuts);
                var tasks = IntStream.range(0, 5)
                        .mapToObj(i -> broken.dispatch.offer("scripted", "ship", ORDER))
                        .toList();
                try (var working = builder(broken, steps).start()) {
                    assertThat(working.id()).hasSize(36);
                    int number = boundary;
                    await().atMost(20, TimeUnit.SECONDS)
                            .untilAsserted(() -> assertThat(tasks)
                                    .as("cut at %d", number)
                                    .allMatch(task -> task.completion().isPresent()));
                }
                assertThat(new HashSet<>(steps.calls))
                        .as("attempts of cut at %d", boundary)
                        .hasSameSizeAs(steps.calls);
                assertThat(tasks)
                        .allMatch(task -> task.completion().orElseThrow().hasSuccess());
                if (!cuts.happened()) {
                    assertThat(boundary).as("boundaries of the conversation").isGreaterThan(10);
                    return;
                }
            }
        }
    }

    @Test
    void aPeerThatFallsSilentIsTakenForDead() {
        fake.dispatch.liveness(50, 400);
        start();
        fake.dispatch.fallSilent();

        await().until(() -> fake.dispatch.hellos.size() == 2);

        completionOf(fake.dispatch.offer("scripted", "ship", ORDER));
    }

    @Test
    void aWorkerThatIsAskedToConnectElsewhereKeepsWhatItRuns() throws Exception {
        var release = new CountDownLatch(1);
        scripted.script.set((order, context) -> {
            assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            return new Receipt("done");
        });
        start();
        var task = fake.dispatch.offer("scripted", "ship", ORDER);
        await().until(() -> scripted.calls.size() == 1);

        fake.dispatch.drain(10);
        await().until(() -> fake.dispatch.hellos.size() == 2);
        release.countDown();

        assertThat(completionOf(task).getAttempt().getAttempt()).isEqualTo(1);
        assertThat(scripted.calls).hasSize(1);
    }

    @Test
    void aClosingWorkerLetsItsAttemptsEnd() throws Exception {
        var release = new CountDownLatch(1);
        scripted.script.set((order, context) -> {
            assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            return new Receipt("done");
        });
        start();
        var task = fake.dispatch.offer("scripted", "ship", ORDER);
        await().until(() -> scripted.calls.size() == 1);

        var closing = new Thread(() -> worker.orElseThrow().close(Duration.ofSeconds(20)));
        closing.start();
        await().until(() -> fake.dispatch.frames.stream().anyMatch(frame -> frame.getDraining()));
        fake.dispatch.reoffering(false);
        var late = fake.dispatch.offer("scripted", "ship", ORDER);
        await().until(() -> fake.dispatch.returned.size() == 1);
        fake.dispatch.breakStream();
        await().until(() -> fake.dispatch.frames.stream()
                        .filter(frame -> frame.getDraining())
                        .count()
                == 2);
        release.countDown();
        closing.join(20_000);

        assertThat(task.completion().orElseThrow().hasSuccess()).isTrue();
        assertThat(late.completion()).as("given back unstarted").isEmpty();
        await().until(() -> !fake.dispatch.connected());
        assertThat(worker.orElseThrow().isConnected()).isFalse();
    }

    @Test
    void aConnectionClosesItsWorkers() {
        var millrace =
                Millrace.builder().url(fake.url()).token(FakeControlPlane.TOKEN).connect();
        worker = Optional.of(millrace.worker(scripted).start());
        completionOf(fake.dispatch.offer("scripted", "ship", ORDER));

        millrace.close();

        assertThat(worker.orElseThrow().isConnected()).isFalse();
        await().until(() -> !fake.dispatch.connected());
    }

    @Test
    void whatDoesNotEndInTimeIsInterruptedAndGivenBack() {
        scripted.script.set((order, context) -> {
            new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            return new Receipt("never");
        });
        fake.dispatch.reoffering(false);
        start();
        var task = fake.dispatch.offer("scripted", "ship", ORDER);
        await().until(() -> scripted.calls.size() == 1);

        worker.orElseThrow().close(Duration.ofMillis(10));

        assertThat(fake.dispatch.returned)
                .singleElement()
                .satisfies(ref -> assertThat(ref.getStep()).isEqualTo("ship"));
        assertThat(task.completion()).isEmpty();
    }

    @Test
    void whatDoesNotStopEitherIsGivenBackAllTheSame() {
        var release = new CountDownLatch(1);
        scripted.script.set((order, context) -> {
            while (release.getCount() > 0) {
                Thread.onSpinWait();
            }
            return new Receipt("stubborn");
        });
        fake.dispatch.reoffering(false);
        start();
        fake.dispatch.offer("scripted", "ship", ORDER);
        await().until(() -> scripted.calls.size() == 1);

        worker.orElseThrow().close(Duration.ofMillis(10));

        assertThat(fake.dispatch.returned).hasSize(1);
        assertThat(fake.dispatch.completions).isEmpty();
        release.countDown();
    }

    @Test
    void anAttemptThatOutlivesItsTimeoutIsStoppedEvenWithoutTheControlPlane() {
        scripted.script.set((order, context) -> {
            new CountDownLatch(1).await(30, TimeUnit.SECONDS);
            return new Receipt("never");
        });
        start();

        var completion = completionOf(fake.dispatch.offer(
                "ship",
                0,
                Assignment.newBuilder()
                        .setWorkflow("scripted")
                        .setTimeoutMillis(20)
                        .addArguments(Argument.newBuilder()
                                .setState(Argument.State.VALUE)
                                .setValue(ByteString.copyFromUtf8(ORDER.get(0))))));

        assertThat(completion.getFailure().getType()).isEqualTo("STEP_TIMEOUT");
        assertThat(completion.getFailure().getNonRetryable()).isFalse();
        assertThat(completion.getFailure().getMessage()).contains("timeout of 20 ms");
    }

    @Test
    void aControlPlaneThatComesLaterIsFound() {
        fake.stopGrpc();
        var starting = new Thread(this::start);
        starting.start();
        fake.startGrpc();

        await().until(() -> fake.dispatch.connected());
        await().until(() -> !starting.isAlive());
        completionOf(fake.dispatch.offer("scripted", "ship", ORDER));
    }

    @Test
    void aWorkerThatIsRefusedSaysSoAtItsStart() {
        fake.refuseRegistrations("NOT_OWNER");
        assertThat(catchThrowableOfType(AccessRefusedException.class, this::start)
                        .code())
                .isEqualTo("NOT_OWNER");

        fake.refuseRegistrations("");
        fake.dispatch.refusal(Status.FAILED_PRECONDITION.withDescription("Protocol 1 is not spoken here."));
        assertThat(catchThrowableOfType(MillraceException.class, this::start))
                .hasMessageContaining("Protocol 1 is not spoken here.");
    }

    @Test
    void aClassThatTheProcessorHasNotSeenIsToldWithTheLikelyCauses() {
        var refusal = catchThrowableOfType(
                MissingBindingException.class,
                () -> new WorkerBuilder(controlPlane(fake), new JacksonCodec(), each -> {}, "text", 17, scripted)
                        .start());

        assertThat(refusal)
                .hasMessageStartingWith("Classes java.lang.String, java.lang.Integer have no generated binding")
                .hasMessageContaining("annotationProcessorPaths")
                .hasMessageContaining("-proc:full")
                .hasMessageContaining("IDE");
        assertThat(fake.dispatch.hellos).isEmpty();
    }

    @Test
    void aSubclassMadeByAFrameworkIsServedToo() {
        var proxy = new Scripted() {};
        worker = Optional.of(builder(fake, proxy).start());

        assertThat(completionOf(fake.dispatch.offer("scripted", "ship", ORDER)).hasSuccess())
                .isTrue();
        assertThat(proxy.calls).hasSize(1);
    }

    @Test
    void aWorkflowIsServedOnce() {
        assertThatThrownBy(() -> new WorkerBuilder(
                                controlPlane(fake), new JacksonCodec(), each -> {}, scripted, new Scripted())
                        .start())
                .hasMessageContaining("Two objects serve workflow 'scripted'");
        assertThatThrownBy(() -> new WorkerBuilder(controlPlane(fake), new JacksonCodec(), each -> {}).start())
                .hasMessageContaining("needs something to serve");
    }

    @Test
    void stepsRunOnVirtualThreadsWhereTheJvmHasThem() throws Exception {
        scripted.script.set(
                (order, context) -> new Receipt(Thread.currentThread().toString()));
        start();

        var thread = completionOf(fake.dispatch.offer("scripted", "ship", ORDER))
                .getSuccess()
                .getResult()
                .toStringUtf8();

        assertThat(thread.contains("VirtualThread")).isEqualTo(Runtime.version().feature() >= 21);
        assertThat(thread).contains("millrace-step-");
    }

    /** Who changes one of these changes what workers do: say so in the documentation and the changelog. */
    @Test
    void theDefaultsAreTheRecordedOnes() {
        assertThat(WorkerBuilder.DEFAULT_SLOTS).isEqualTo(100);
        assertThat(WorkerBuilder.DEFAULT_DRAIN).isEqualTo(Duration.ofSeconds(20));
        assertThat(WorkerBuilder.PATIENCE).isEqualTo(Duration.ofSeconds(10));
        assertThat(Pace.DEFAULT)
                .isEqualTo(new Pace(
                        Duration.ofMillis(100),
                        Duration.ofSeconds(3),
                        new StreamLoop.Liveness(Duration.ofSeconds(2), Duration.ofSeconds(6))));
    }

    private long heartbeats() {
        return fake.dispatch.frames.stream()
                .filter(frame -> frame.getHeartbeat())
                .count();
    }

    private Failure failure(String step, Throwable thrown) {
        return failureOf(step, (order, context) -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        });
    }

    private Failure failureOf(String step, Scripted.Script script) {
        scripted.script.set(script);
        var completion = completionOf(fake.dispatch.offer("scripted", step, ORDER));
        assertThat(completion.hasFailure()).isTrue();
        return completion.getFailure();
    }

    private Completion completionOf(FakeTask task) {
        await().atMost(20, TimeUnit.SECONDS).until(() -> task.completion().isPresent());
        return task.completion().orElseThrow();
    }

    private void start() {
        start(builder());
    }

    private void start(WorkerBuilder builder) {
        worker = Optional.of(builder.start());
    }

    private WorkerBuilder builder() {
        return builder(fake, scripted);
    }

    private static WorkerBuilder builder(FakeControlPlane fake, Scripted scripted) {
        return new WorkerBuilder(controlPlane(fake), new JacksonCodec(), each -> {}, scripted).pace(QUICK);
    }

    private static ControlPlane controlPlane(FakeControlPlane fake) {
        return new ControlPlane(Settings.of(
                Settings.Given.nothing(),
                Map.of("MILLRACE_URL", fake.url(), "MILLRACE_TOKEN", FakeControlPlane.TOKEN),
                Path.of("/nowhere")));
    }
}
