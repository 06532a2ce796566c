package dev.millrace.bench.load;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.workflows.HeldClient;
import dev.millrace.bench.workflows.Order;
import dev.millrace.bench.workflows.Receipt;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bulk starts as fast as they are acknowledged while the worker holds its slots, and then, as a load of its own, the end of
 * all that was started: nothing that was acknowledged may be missing. Both are used by one thread in turn.
 */
final class Enqueue {
    private static final int STARTERS = 8;
    private static final int AT_ONCE = 256;
    /** So many runs wait at most: the memory that they take is not what is measured here. */
    private static final int MOST_QUEUED = 400_000;

    private static final Duration LAST_RUNS = Duration.ofSeconds(120);

    private final HeldClient client;
    private final AtomicLong numbers = new AtomicLong();
    private final ConcurrentLinkedQueue<RunHandle<Receipt>> queued = new ConcurrentLinkedQueue<>();

    Enqueue(Millrace millrace) {
        this.client = new HeldClient(millrace);
    }

    /** Starts runs for so long, or until {@value #MOST_QUEUED} wait; the rate is that of the acknowledged starts. */
    Figures fill(Duration length) {
        var began = System.nanoTime();
        var acknowledged = new AtomicLong();
        Crew.of(STARTERS, () -> {
            while (System.nanoTime() - began < length.toNanos() && acknowledged.get() < MOST_QUEUED) {
                var handles = client.startAll(orders());
                acknowledged.addAndGet(handles.size());
                queued.addAll(handles);
            }
        });
        var seconds = (System.nanoTime() - began) / 1e9;
        return Figures.none()
                .with("startsPerSecond", acknowledged.get() / seconds)
                .with("ended", acknowledged.get())
                .with("failed", 0);
    }

    /** Waits until every queued run has ended; the length does not matter. */
    Figures drain(Duration length) throws InterruptedException {
        var handles = List.copyOf(queued);
        queued.clear();
        var began = System.nanoTime();
        var tally = new Tally(LAST_RUNS);
        var ended = new Semaphore(0);
        for (var handle : handles) {
            handle.ended().whenComplete((end, failure) -> {
                if (failure == null) {
                    tally.ended(began, end);
                } else {
                    tally.failed(failure);
                }
                ended.release();
            });
        }
        if (!ended.tryAcquire(handles.size(), LAST_RUNS.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException((handles.size() - ended.availablePermits()) + " of " + handles.size()
                    + " acknowledged runs have not ended " + LAST_RUNS.toSeconds() + " s after the worker was let go.");
        }
        var seconds = (System.nanoTime() - began) / 1e9;
        return tally.figures().with("runsPerSecond", handles.size() / seconds);
    }

    private List<Order> orders() {
        var orders = new ArrayList<Order>(AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++) {
            orders.add(Order.of(numbers.incrementAndGet(), 0));
        }
        return orders;
    }
}
