package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.wire.worker.v1.ServerFrame;
import dev.millrace.worker.Scripted.Receipt;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody drains a worker over the control plane. */
@Timeout(60)
class SentAwayTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ScriptedWorker worker = new ScriptedWorker();

    @AfterEach
    void close() {
        worker.close();
    }

    @Test
    void itFinishesWhatItHasAndLeaves() throws Exception {
        var release = new CountDownLatch(1);
        worker.scripted.script.set((order, context) -> {
            assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            return new Receipt("late");
        });
        var running = worker.offer("ship");
        worker.awaitCalls(1);

        worker.fake.dispatch.send(ServerFrame.newBuilder().setLeave(true).build());

        await().atMost(PATIENCE)
                .until(() -> worker.fake.dispatch.frames.stream().anyMatch(frame -> frame.getDraining()));
        assertThat(worker.worker.isConnected()).isTrue();
        assertThat(worker.worker.awaitClosed(Duration.ZERO)).isFalse();
        release.countDown();
        assertThat(worker.completionOf(running).hasSuccess()).isTrue();
        assertThat(worker.worker.awaitClosed(PATIENCE)).isTrue();
        assertThat(worker.worker.isConnected()).isFalse();
    }

    @Test
    void beingToldTwiceIsBeingToldOnce() {
        worker.fake.dispatch.send(ServerFrame.newBuilder().setLeave(true).build());
        worker.fake.dispatch.send(ServerFrame.newBuilder().setLeave(true).build());
        assertThat(worker.worker.awaitClosed(PATIENCE)).isTrue();
    }
}
