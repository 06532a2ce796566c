package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.NonRetryableException;
import dev.millrace.fake.FakeDispatch;
import dev.millrace.worker.Scripted.Receipt;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps that return a stage: they hold a slot and no thread until it is complete. */
@Timeout(60)
class AsynchronousStepTest {
    private final ScriptedWorker worker = new ScriptedWorker();
    private final Scripted scripted = worker.scripted;
    private final FakeDispatch dispatch = worker.fake.dispatch;
    private final CompletableFuture<Receipt> answer = new CompletableFuture<>();

    @BeforeEach
    void answerLater() {
        scripted.script.set((order, context) -> answer);
    }

    @AfterEach
    void close() {
        worker.close();
    }

    @Test
    void itsAnswerIsTheResult() {
        var task = worker.offer("later");
        worker.awaitCalls(1);
        assertThat(task.completion()).isEmpty();

        answer.complete(new Receipt("7"));

        assertThat(worker.completionOf(task).getSuccess().getResult().toStringUtf8())
                .isEqualTo("{\"number\":\"7\"}");
    }

    @Test
    void aStageOfNothingHasNoValue() {
        scripted.script.set((order, context) -> CompletableFuture.<Void>completedFuture(null));

        var completion = worker.completionOf(worker.offer("soon"));

        assertThat(completion.hasSuccess()).isTrue();
        assertThat(completion.getSuccess().getResult().isEmpty()).isTrue();
    }

    @Test
    void whatItFailsWithIsToldWithoutItsWrapping() {
        var task = worker.offer("later");
        worker.awaitCalls(1);

        answer.completeExceptionally(new CompletionException(new CompletionException(new IOException("Gone."))));

        var failure = worker.completionOf(task).getFailure();
        assertThat(failure.getType()).isEqualTo("java.io.IOException");
        assertThat(failure.getMessage()).isEqualTo("Gone.");
        assertThat(failure.getNonRetryable()).isFalse();
    }

    @Test
    void itsFailuresObeyThePolicy() {
        scripted.script.set((order, context) -> answer.thenApply(receipt -> {
            throw new IllegalStateException("noRetryOn has it");
        }));
        var first = worker.offer("later");
        answer.complete(new Receipt("x"));
        assertThat(worker.completionOf(first).getFailure().getType()).isEqualTo("java.lang.IllegalStateException");
        assertThat(worker.completionOf(first).getFailure().getNonRetryable()).isTrue();

        scripted.script.set((order, context) -> CompletableFuture.failedFuture(new NonRetryableException("No.")));
        assertThat(worker.completionOf(worker.offer("later")).getFailure().getNonRetryable())
                .isTrue();
    }

    @Test
    void anExceptionBeforeThereIsAStageFailsTheAttemptToo() {
        scripted.script.set((order, context) -> {
            throw new IOException("No connection.");
        });

        assertThat(worker.completionOf(worker.offer("later")).getFailure().getType())
                .isEqualTo("java.io.IOException");
    }

    @Test
    void anAnswerThatCannotBeStoredFailsTheStep() {
        answer.complete(null);

        assertThat(worker.completionOf(worker.offer("later")).getFailure()).satisfies(failure -> {
            assertThat(failure.getType()).isEqualTo("OUTPUT_INVALID");
            assertThat(failure.getMessage()).contains("returned null");
        });
    }

    @Test
    void cancellingTheRunCancelsTheStage() {
        var task = worker.offer("later");
        worker.awaitCalls(1);

        dispatch.cancel(task, "RUN_CANCELLED");

        assertThat(worker.completionOf(task).hasCancelled()).isTrue();
        assertThat(answer).isCancelled();
    }

    @Test
    void aStageThatCannotBeCancelledIsLeftToItself() {
        scripted.script.set((order, context) -> answer.minimalCompletionStage());
        var task = worker.offer("later");
        worker.awaitCalls(1);

        dispatch.cancel(task, "RUN_CANCELLED");

        assertThat(worker.completionOf(task).hasCancelled()).isTrue();
        assertThat(answer).isNotDone();
    }

    @Test
    void aStageThatComesAfterTheCancellationIsCancelledAtOnce() {
        scripted.script.set((order, context) -> {
            await().until(context::isCancelled);
            Thread.interrupted();
            return answer;
        });
        var task = worker.offer("later");
        worker.awaitCalls(1);

        dispatch.cancel(task, "RUN_CANCELLED");

        assertThat(worker.completionOf(task).hasCancelled()).isTrue();
        assertThat(answer).isCancelled();
    }

    @Test
    void itTimesOutEvenWithoutTheControlPlane() {
        var completion = worker.completionOf(worker.offer("later", ScriptedWorker.assignment(Duration.ofMillis(20))));

        assertThat(completion.getFailure().getType()).isEqualTo("STEP_TIMEOUT");
        assertThat(completion.getFailure().getNonRetryable()).isFalse();
        assertThat(answer).isCancelled();
    }

    @Test
    void whatIsAwaitedWhenTheWorkerClosesIsGivenBack() {
        var task = worker.offer("later");
        worker.awaitCalls(1);

        worker.worker.close(Duration.ofMillis(10));

        assertThat(dispatch.returned).hasSize(1);
        assertThat(task.completion()).isEmpty();
        assertThat(answer).isCancelled();
    }

    @Test
    void aClosingWorkerWaitsForAnswers() throws Exception {
        var task = worker.offer("later");
        worker.awaitCalls(1);
        var closing = new Thread(() -> worker.worker.close(Duration.ofSeconds(20)));
        closing.start();
        await().until(() -> dispatch.frames.stream().anyMatch(frame -> frame.getDraining()));

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

        var tasks = IntStream.range(0, 300).mapToObj(i -> worker.offer("later")).toList();
        worker.awaitCalls(300);

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
}
