package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.StepContext;
import dev.millrace.fake.FakeDispatch;
import dev.millrace.worker.Scripted.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attempts that ask for more time. */
@Timeout(60)
class MoreTimeTest {
    private final ScriptedWorker worker = new ScriptedWorker();
    private final FakeDispatch dispatch = worker.fake.dispatch;
    private final AtomicReference<StepContext> context = new AtomicReference<>();
    private final CompletableFuture<Receipt> answer = new CompletableFuture<>();

    @BeforeEach
    void keepTheContext() {
        worker.scripted.script.set((order, given) -> {
            context.set(given);
            return answer.thenApply(receipt -> receipt); // each attempt may be cancelled by itself
        });
    }

    @AfterEach
    void close() {
        worker.close();
    }

    @Test
    void theDeadlineMovesWhenItIsGranted() {
        var task = worker.offer("later");
        worker.awaitCalls(1);
        var before = context.get().deadline();

        context.get().extendTimeout(Duration.ofHours(2));
        await().until(() -> dispatch.extensions.size() == 1);
        assertThat(dispatch.extensions.get(0).getTimeoutMillis())
                .isBetween(
                        Duration.ofMinutes(119).toMillis(), Duration.ofHours(2).toMillis());
        assertThat(task.isAttempt(dispatch.extensions.get(0).getAttempt())).isTrue();
        assertThat(context.get().deadline()).isEqualTo(before);

        dispatch.extend(task, Duration.ofHours(2).toMillis());
        await().until(() -> context.get().deadline().isAfter(Instant.now().plus(Duration.ofMinutes(119))));
    }

    @Test
    void anAttemptThatWasGrantedTimeIsNotStoppedAtItsFirstDeadline() {
        var task = worker.offer("later", ScriptedWorker.assignment(Duration.ofMillis(20)));
        var other = worker.offer("later", ScriptedWorker.assignment(Duration.ofMillis(20)));
        worker.awaitCalls(2);

        dispatch.extend(task, Duration.ofHours(1).toMillis());

        assertThat(worker.completionOf(other).getFailure().getType()).isEqualTo("STEP_TIMEOUT");
        assertThat(task.completion()).isEmpty();
    }

    @Test
    void lessTimeThanThereIsChangesNothing() {
        var task = worker.offer("later");
        worker.awaitCalls(1);
        var before = context.get().deadline();

        dispatch.extend(task, 1);
        worker.scripted.script.set((order, given) -> CompletableFuture.completedFuture(new Receipt("next")));
        worker.completionOf(worker.offer("later"));

        assertThat(context.get().deadline()).isEqualTo(before);
    }

    @Test
    void whatWasNotGrantedIsAskedForAgainOverTheNextConnection() {
        var task = worker.offer("later");
        worker.awaitCalls(1);
        context.get().extendTimeout(Duration.ofHours(2));
        await().until(() -> dispatch.extensions.size() == 1);

        dispatch.breakStream();
        await().until(() -> dispatch.extensions.size() == 2);
        dispatch.extend(task, Duration.ofHours(2).toMillis());
        await().until(() -> context.get().deadline().isAfter(Instant.now().plus(Duration.ofMinutes(119))));
        dispatch.breakStream();
        await().until(() -> dispatch.hellos.size() == 3);
        answer.complete(new Receipt("done"));
        worker.completionOf(task);

        assertThat(dispatch.extensions).hasSize(2);
    }

    @Test
    void noTimeAtAllCannotBeAskedFor() {
        worker.offer("later");
        worker.awaitCalls(1);

        assertThatThrownBy(() -> context.get().extendTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT0S");
    }
}
