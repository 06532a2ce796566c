package dev.millrace.cli.demo;

import dev.millrace.client.RunHandle;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Follows the runs of a show to their ends. For one thread. */
public final class Following {
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Stage stage;
    private final int runs;
    private final CountDownLatch open;
    private final AtomicInteger ended = new AtomicInteger();

    /** @param runs how many there will be */
    public Following(Stage stage, int runs) {
        this.stage = stage;
        this.runs = runs;
        this.open = new CountDownLatch(runs);
    }

    /** One of them has been started. */
    public void follow(RunHandle<?> run) {
        run.ended().whenComplete((end, problem) -> {
            if (problem == null) { // one that cannot be followed has not ended, as far as is known here
                ended.incrementAndGet();
                open.countDown();
            }
        });
    }

    /** Returns when all have ended, or the time is up. */
    public void awaitEnds(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (System.nanoTime() < deadline) {
            stage.care().look(ended.get());
            stage.progress().show(ended.get(), runs, "runs ended");
            if (open.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }
}
