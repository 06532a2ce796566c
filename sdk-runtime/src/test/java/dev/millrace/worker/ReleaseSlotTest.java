package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.worker.Scripted.Receipt;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An attempt gives its slots back and goes on. */
@Timeout(60)
class ReleaseSlotTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedWorker worker = new ScriptedWorker();

    @AfterEach
    void close() {
        worker.close();
    }

    private long timesSaid() {
        return worker.fake.dispatch.frames.stream()
                .mapToLong(frame -> frame.getReleasedCount())
                .sum();
    }

    @Test
    void theControlPlaneIsToldOnceAndAgainOverANewStream() {
        var release = new CountDownLatch(1);
        worker.scripted.script.set((order, context) -> {
            context.releaseSlot();
            context.releaseSlot();
            assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            return new Receipt("late");
        });
        var task = worker.offer("ship");
        await().atMost(PATIENCE).until(() -> timesSaid() == 1);

        worker.fake.dispatch.breakStream();

        await().atMost(PATIENCE).until(() -> timesSaid() == 2);
        release.countDown();
        assertThat(worker.completionOf(task).hasSuccess()).isTrue();
        assertThat(timesSaid()).isEqualTo(2);
    }
}
