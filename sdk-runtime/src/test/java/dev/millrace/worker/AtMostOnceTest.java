package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.fake.FakeDispatch;
import dev.millrace.fake.FakeDispatch.FakeTask;
import dev.millrace.wire.worker.v1.AttemptRef;
import dev.millrace.worker.Scripted.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps that may run only once: the worker enters them when it is told that its acceptance is stored. */
@Timeout(60)
class AtMostOnceTest {
    private final ScriptedWorker worker = new ScriptedWorker();
    private final FakeDispatch dispatch = worker.fake.dispatch;

    @AfterEach
    void close() {
        worker.close();
    }

    @Test
    void itIsAcceptedAtOnceAndEnteredWhenConfirmed() {
        var task = offer();
        await().until(() -> accepted(task) == 1);
        assertThat(worker.completionOf(worker.offer("ship")).hasSuccess())
                .as("others go on")
                .isTrue();
        assertThat(worker.scripted.calls).hasSize(1);

        dispatch.confirm(task);

        assertThat(worker.completionOf(task).hasSuccess()).isTrue();
        assertThat(worker.scripted.calls).hasSize(2);
    }

    @Test
    void aSecondConfirmationIsIgnored() throws Exception {
        var release = new CountDownLatch(1);
        worker.scripted.script.set((order, context) -> {
            assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            return new Receipt("once");
        });
        var task = offer();

        dispatch.confirm(task);
        worker.awaitCalls(1);
        dispatch.confirm(task);
        release.countDown();

        assertThat(worker.completionOf(task).hasSuccess()).isTrue();
        worker.scripted.script.set((order, context) -> new Receipt("next"));
        worker.completionOf(worker.offer("ship"));
        assertThat(worker.scripted.calls).hasSize(2);
    }

    @Test
    void itsTimeCountsFromTheConfirmation() {
        var deadline = new AtomicReference<Instant>();
        worker.scripted.script.set((order, context) -> {
            deadline.set(context.deadline());
            return new Receipt("once");
        });
        var task = offer();
        await().until(() -> accepted(task) == 1);
        var confirmed = Instant.now();

        dispatch.confirm(task);
        worker.completionOf(task);

        assertThat(deadline.get()).isAfterOrEqualTo(confirmed.plus(ScriptedWorker.TIMEOUT));
    }

    @Test
    void anUnconfirmedOneIsAcceptedAgainOverTheNextConnection() {
        var task = offer();
        await().until(() -> accepted(task) == 1);

        dispatch.breakStream();
        await().until(() -> accepted(task) == 2);
        dispatch.confirm(task);

        assertThat(worker.completionOf(task).hasSuccess()).isTrue();
        assertThat(dispatch.hellos.get(1).getRunningCount()).isEqualTo(1);
        assertThat(worker.scripted.calls).hasSize(1);
    }

    @Test
    void whatIsCancelledBeforeItIsConfirmedNeverRuns() {
        var task = offer();
        await().until(() -> accepted(task) == 1);

        dispatch.cancel(task, "RUN_CANCELLED");
        dispatch.confirm(task);
        worker.completionOf(worker.offer("ship"));

        assertThat(worker.scripted.calls).hasSize(1);
        assertThat(task.completion()).isEmpty();
        worker.worker.close(Duration.ofSeconds(20));
        assertThat(dispatch.returned).isEmpty();
    }

    @Test
    void anUnconfirmedOneIsGivenBackByAClosingWorker() {
        var task = offer();
        await().until(() -> accepted(task) == 1);

        worker.worker.close(Duration.ofMillis(10));

        assertThat(dispatch.returned).containsExactly(acceptedRef());
        assertThat(worker.scripted.calls).isEmpty();
    }

    private FakeTask offer() {
        return worker.offer(
                "ship", ScriptedWorker.assignment(ScriptedWorker.TIMEOUT).setStartsWhenConfirmed(true));
    }

    private AttemptRef acceptedRef() {
        return dispatch.accepted.get(0);
    }

    private long accepted(FakeTask task) {
        return dispatch.accepted.stream().filter(task::isAttempt).count();
    }
}
