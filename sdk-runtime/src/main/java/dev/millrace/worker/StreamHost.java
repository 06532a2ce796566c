package dev.millrace.worker;

import dev.millrace.worker.durable.DurableHost;
import dev.millrace.worker.durable.NewAction;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Durable code on a connected worker: it keeps its thread and its slot for a moment while it waits, unless somebody else could use the
 * slot. Safe for use by many threads.
 *
 * @param tells has something stored
 * @param stores waits until what was emitted is stored
 * @param reads asks for the result of a child
 * @param crowded whether the slots are wanted
 */
record StreamHost(
        Consumer<NewAction> tells,
        Runnable stores,
        Consumer<String> reads,
        java.util.function.BooleanSupplier crowded,
        java.util.concurrent.Executor branches,
        ScheduledExecutorService timers)
        implements DurableHost {
    /** How long code that waits stays: resuming it costs nothing then. */
    static final Duration WARM = Duration.ofSeconds(1);

    @Override
    public void tell(NewAction action) {
        tells.accept(action);
    }

    @Override
    public void storeItems() {
        stores.run();
    }

    @Override
    public void read(String child) {
        reads.accept(child);
    }

    @Override
    public void run(Runnable branch) {
        branches.execute(branch);
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
    }

    @Override
    public boolean waits() {
        return true;
    }

    @Override
    public Duration patience() {
        return crowded.getAsBoolean() ? Duration.ZERO : WARM;
    }

    private static final int OPEN = 0;
    private static final int CLOSED = 1;
    private static final int FIRED = 2;

    @Override
    public Watch watch(Duration limit) {
        var thread = Thread.currentThread();
        var state = new AtomicInteger(OPEN);
        var timer = timers.schedule(
                () -> {
                    // Under the lock, so that the interrupt cannot meet what comes after the watch.
                    synchronized (state) {
                        if (state.compareAndSet(OPEN, FIRED)) {
                            thread.interrupt();
                        }
                    }
                },
                limit.toNanos(),
                TimeUnit.NANOSECONDS);
        return () -> {
            timer.cancel(false);
            synchronized (state) {
                boolean fired = !state.compareAndSet(OPEN, CLOSED);
                if (fired) {
                    Thread.interrupted();
                }
                return fired;
            }
        };
    }
}
