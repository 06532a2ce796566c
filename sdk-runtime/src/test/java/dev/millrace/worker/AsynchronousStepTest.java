package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.NonRetryableException;
import dev.millrace.codec.JacksonCodec;
import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.Pace;
import dev.millrace.connection.Settings;
import dev.millrace.connection.StreamLoop;
import dev.millrace.fake.FakeControlPlane;
import dev.millrace.fake.FakeDispatch.FakeTask;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Argument;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.worker.Scripted.Receipt;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps that return a stage: they hold a slot and no thread until it is complete. */
@Timeout(60)
class AsynchronousStepTest {
    private static final Pace QUICK = new Pace(
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            new StreamLoop.Liveness(Duration.ofMillis(100), Duration.ofMillis(2000)));
    private static final String ORDER = "{\"id\":\"A-1\",\"cents\":12}";

    private final FakeControlPlane fake = new FakeControlPlane();
    private final Scripted scripted = new Scripted();
    private final CompletableFuture<Receipt> answer = new CompletableFuture<>();
    private Optional<Worker> worker = Optional.empty();

    @BeforeEach
    void open() {
        scripted.script.set((order, context) -> answer);
        fake.dispatch.reoffering(false);
        worker = Optional.of(new WorkerBuilder(controlPlane(), new JacksonCodec(), each -> {}, scripted)
                .pace(QUICK)
                .slots(500)
                .start());
    }

    @AfterEach
    void close() {
        worker.orElseThrow().close(Duration.ZERO);
        fake.close();
    }

    @Test
    void itsAnswerIsTheResult() {
        var task = offer("later");
        await().until(() -> scripted.calls.size() == 1);
        assertThat(task.completion()).isEmpty();

        answer.complete(new Receipt("7"));

        assertThat(completionOf(task).getSuccess().getResult().toStringUtf8()).isEqualTo("{\"number\":\"7\"}");
    }

    @Test
    void aStageOfNothingHasNoValue() {
        scripted.script.set((order, context) -> CompletableFuture.<Void>completedFuture(null));

        var completion = completionOf(offer("soon"));

        assertThat(completion.hasSuccess()).isTrue();
        assertThat(completion.getSuccess().getResult().isEmpty()).isTrue();
    }

    @Test
    void whatItFailsWithIsToldWithoutItsWrapping() {
        var task = offer("later");
        await().until(() -> scripted.calls.size() == 1);

        answer.completeExceptionally(new CompletionException(new CompletionException(new IOException("Gone."))));

        var failure = completionOf(task).getFailure();
        assertThat(failure.getType()).isEqualTo("java.io.IOException");
        assertThat(failure.getMessage()).isEqualTo("Gone.");
        assertThat(failure.getNonRetryable()).isFalse();
    }

    @Test
    void itsFailuresObeyThePolicy() {
        scripted.script.set((order, context) -> answer.thenApply(receipt -> {
            throw new IllegalStateException("noRetryOn has it");
        }));
        var first = offer("later");
        answer.complete(new Receipt("x"));
        assertThat(completionOf(first).getFailure().getType()).isEqualTo("java.lang.IllegalStateException");
        assertThat(completionOf(first).getFailure().getNonRetryable()).isTrue();

        scripted.script.set((order, context) -> CompletableFuture.failedFuture(new NonRetryableException("No.")));
        assertThat(completionOf(offer("later")).getFailure().getNonRetryable()).isTrue();
    }

    @Test
    void anExceptionBeforeThereIsAStageFailsTheAttemptToo() {
        scripted.script.set((order, context) -> {
            throw new IOException("No connection.");
        });

        assertThat(completionOf(offer("later")).getFailure().getType()).isEqualTo("java.io.IOException");
    }

    @Test
    void anAnswerThatCannotBeStoredFailsTheStep() {
        answer.complete(null);

        assertThat(completionOf(offer("later")).getFailure()).satisfies(failure -> {
            assertThat(failure.getType()).isEqualTo("OUTPUT_INVALID");
            assertThat(failure.getMessage()).contains("returned null");
        });
    }

    @Test
    void cancellingTheRunCancelsTheStage() {
        var task = offer("later");
        await().until(() -> scripted.calls.size() == 1);

        fake.dispatch.cancel(task, "RUN_CANCELLED");

        assertThat(completionOf(task).hasCancelled()).isTrue();
        assertThat(answer).isCancelled();
    }

    @Test
    void aStageThatCannotBeCancelledIsLeftToItself() {
        scripted.script.set((order, context) -> answer.minimalCompletionStage());
        var task = offer("later");
        await().until(() -> scripted.calls.size() == 1);

        fake.dispatch.cancel(task, "RUN_CANCELLED");

        assertThat(completionOf(task).hasCancelled()).isTrue();
        assertThat(answer).isNotDone();
    }

    @Test
    void aStageThatComesAfterTheCancellationIsCancelledAtOnce() {
        scripted.script.set((order, context) -> {
            await().until(context::isCancelled);
            Thread.interrupted();
            return answer;
        });
        var task = offer("later");
        await().until(() -> scripted.calls.size() == 1);

        fake.dispatch.cancel(task, "RUN_CANCELLED");

        assertThat(completionOf(task).hasCancelled()).isTrue();
        assertThat(answer).isCancelled();
    }

    @Test
    void itTimesOutEvenWithoutTheControlPlane() {
        var completion = completionOf(offer("later", 20));

        assertThat(completion.getFailure().getType()).isEqualTo("STEP_TIMED_OUT");
        assertThat(completion.getFailure().getNonRetryable()).isFalse();
        assertThat(answer).isCancelled();
    }

    @Test
    void whatIsAwaitedWhenTheWorkerClosesIsGivenBack() {
        var task = offer("later");
        await().until(() -> scripted.calls.size() == 1);

        worker.orElseThrow().close(Duration.ofMillis(10));

        assertThat(fake.dispatch.returned).hasSize(1);
        assertThat(task.completion()).isEmpty();
        assertThat(answer).isCancelled();
    }

    @Test
    void aClosingWorkerWaitsForAnswers() throws Exception {
        var task = offer("later");
        await().until(() -> scripted.calls.size() == 1);
        var closing = new Thread(() -> worker.orElseThrow().close(Duration.ofSeconds(20)));
        closing.start();
        await().until(() -> fake.dispatch.frames.stream().anyMatch(frame -> frame.getDraining()));

        answer.complete(new Receipt("late"));
        closing.join(20_000);

        assertThat(task.completion().orElseThrow().hasSuccess()).isTrue();
    }

    @Test
    void manyOfThemWaitOnFewThreads() {
        Set<Long> threads = ConcurrentHashMap.newKeySet();
        scripted.script.set((order, context) -> {
            threads.add(Thread.currentThread().getId());
            return answer;
        });

        var tasks = IntStream.range(0, 300).mapToObj(i -> offer("later")).toList();
        await().until(() -> scripted.calls.size() == 300);

        // Virtual threads are one per attempt and gone when the method returns; of platform threads there must be few.
        var waiting = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("millrace-step-"))
                .count();
        assertThat(waiting).isLessThan(30);
        if (Runtime.version().feature() < 21) {
            assertThat(threads).hasSizeLessThan(30);
        }
        answer.complete(new Receipt("all"));
        await().until(() -> tasks.stream().allMatch(task -> task.completion().isPresent()));
        assertThat(tasks).allMatch(task -> task.completion().orElseThrow().hasSuccess());
    }

    private FakeTask offer(String step) {
        return fake.dispatch.offer("scripted", step, Map.of(0, ORDER));
    }

    private FakeTask offer(String step, long timeoutMillis) {
        return fake.dispatch.offer(
                step,
                0,
                Assignment.newBuilder()
                        .setWorkflow("scripted")
                        .setTimeoutMillis(timeoutMillis)
                        .addAllArguments(List.of(Argument.newBuilder()
                                .setState(Argument.State.VALUE)
                                .setValue(ByteString.copyFromUtf8(ORDER))
                                .build())));
    }

    private static Completion completionOf(FakeTask task) {
        await().atMost(20, TimeUnit.SECONDS).until(() -> task.completion().isPresent());
        return task.completion().orElseThrow();
    }

    private ControlPlane controlPlane() {
        return new ControlPlane(Settings.of(
                Settings.Given.nothing(),
                Map.of("MILLRACE_URL", fake.url(), "MILLRACE_TOKEN", FakeControlPlane.TOKEN),
                Path.of("/nowhere")));
    }
}
