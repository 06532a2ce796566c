package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.fake.Cuts;
import dev.millrace.worker.Scripted.Receipt;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A step emits: what leaves the worker, when, and what becomes of the attempt where it cannot. */
@Timeout(60)
class EmitterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedWorker worker = new ScriptedWorker();

    @AfterEach
    void close() {
        worker.close();
    }

    private static List<String> json(int count) {
        return IntStream.range(0, count).mapToObj(i -> "\"line " + i + "\"").toList();
    }

    private void tells(int lines) {
        worker.scripted.tale.set((context, emitter) -> {
            for (int i = 0; i < lines; i++) {
                emitter.emit("line " + i);
            }
            return new Receipt("told");
        });
    }

    @Test
    void itemsArriveInOrderBeforeTheResult() {
        tells(2_500);
        worker.fake.streams.hold();
        var task = worker.offer("tell");
        await().atMost(PATIENCE).until(() -> worker.fake.streams.chunks() > 0);
        assertThat(task.completion()).isEmpty();
        worker.fake.streams.release();
        assertThat(worker.completionOf(task).hasSuccess()).isTrue();
        assertThat(worker.fake.streams.of(task.attempt())).isEqualTo(json(2_500));
        assertThat(worker.fake.streams.hasEnded(task.attempt())).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void aConnectionThatBreaksLosesNothingAndRepeatsNothing(int boundary) {
        var cuts = Cuts.at(boundary);
        worker.fake.streams.cut(cuts);
        tells(1_800);
        var task = worker.offer("tell");
        assertThat(worker.completionOf(task).hasSuccess()).isTrue();
        assertThat(worker.fake.streams.of(task.attempt())).isEqualTo(json(1_800));
        assertThat(cuts.happened()).isTrue();
    }

    @Test
    void aFullBufferMakesTheStepWaitInsteadOfLosingItems() {
        var emitted = new AtomicInteger();
        worker.scripted.tale.set((context, emitter) -> {
            for (int i = 0; i < 3_000; i++) {
                emitter.emit("line " + i);
                emitted.set(i + 1);
            }
            return new Receipt("told");
        });
        worker.fake.streams.hold();
        var task = worker.offer("tell");
        await().atMost(PATIENCE).until(() -> emitted.get() == 1_000);
        await().during(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> emitted.get() == 1_000);
        worker.fake.streams.release();
        assertThat(worker.completionOf(task).hasSuccess()).isTrue();
        assertThat(worker.fake.streams.of(task.attempt())).isEqualTo(json(3_000));
    }

    @Test
    void whatTheRunMayNotHoldFailsTheAttemptForGood() {
        worker.fake.streams.refuse("STREAM_LIMIT", "The run holds too much.");
        tells(10);
        var failure = worker.completionOf(worker.offer("tell")).getFailure();
        assertThat(failure.getType()).isEqualTo("STREAM_LIMIT");
        assertThat(failure.getMessage()).isEqualTo("The run holds too much.");
        assertThat(failure.getNonRetryable()).isTrue();
    }

    @Test
    void whatCannotBeStoredAtTheMomentIsSentAgain() {
        worker.fake.streams.refuse("UNAVAILABLE", "Not now.");
        tells(10);
        var task = worker.offer("tell");
        await().atMost(PATIENCE).until(() -> worker.fake.streams.chunks() > 1);
        worker.fake.streams.admit();
        assertThat(worker.completionOf(task).hasSuccess()).isTrue();
        assertThat(worker.fake.streams.of(task.attempt())).isEqualTo(json(10));
    }

    @Test
    void itemsOfAnAttemptThatFailsArriveToo() {
        worker.scripted.tale.set((context, emitter) -> {
            emitter.emit("line 0");
            throw new IllegalArgumentException("no more");
        });
        var task = worker.offer("tell");
        assertThat(worker.completionOf(task).getFailure().getMessage()).isEqualTo("no more");
        assertThat(worker.fake.streams.of(task.attempt())).isEqualTo(json(1));
    }

    @Test
    void anAttemptThatCannotHandOverItsItemsInItsTimeFailsAndMayBeTriedAgain() {
        worker.fake.streams.hold();
        tells(1);
        var task = worker.offer("tell", ScriptedWorker.assignment(Duration.ofMillis(500)));
        await().atMost(20, TimeUnit.SECONDS).until(() -> task.completion().isPresent());
        var failure = task.completion().orElseThrow().getFailure();
        assertThat(failure.getType()).isEqualTo("STREAM_UNAVAILABLE");
        assertThat(failure.getNonRetryable()).isFalse();
    }

    @Test
    void aStepThatEmitsNothingOpensNoStream() {
        tells(0);
        assertThat(worker.completionOf(worker.offer("tell")).hasSuccess()).isTrue();
        assertThat(worker.fake.streams.chunks()).isZero();
    }
}
