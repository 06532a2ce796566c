package dev.millrace.bench.load;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.workflows.OneStepClient;
import dev.millrace.bench.workflows.Order;
import dev.millrace.client.Millrace;
import dev.millrace.connection.MillraceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One-step runs, a constant number in flight: as many are started, in bulk, as have ended. Their ends come back over the
 * stream, which nobody polls.
 */
final class Flood implements Load {
    private static final int STARTERS = 3;
    private static final int MOST_AT_ONCE = 256;
    private static final Duration LAST_RUNS = Duration.ofSeconds(60);

    private final OneStepClient client;
    private final int window;
    private final AtomicLong numbers = new AtomicLong();

    Flood(Millrace millrace, int window) {
        this.client = new OneStepClient(millrace);
        this.window = window;
    }

    @Override
    public Figures run(Duration length) throws InterruptedException {
        var room = new Semaphore(window);
        var tally = new Tally(length);
        Crew.of(STARTERS, () -> {
            while (!tally.over()) {
                startSome(room, tally);
            }
        });
        if (!room.tryAcquire(window, LAST_RUNS.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException((window - room.availablePermits()) + " runs have not ended "
                    + LAST_RUNS.toSeconds() + " s after the load: they hang, or the control plane is overwhelmed.");
        }
        return tally.figures();
    }

    private void startSome(Semaphore room, Tally tally) throws InterruptedException {
        if (!room.tryAcquire(100, TimeUnit.MILLISECONDS)) {
            return;
        }
        var orders = new ArrayList<Order>();
        do {
            orders.add(Order.of(numbers.incrementAndGet(), 0));
        } while (orders.size() < MOST_AT_ONCE && room.tryAcquire());
        var started = System.nanoTime();
        try {
            for (var handle : client.startAll(orders)) {
                handle.ended().whenComplete((end, failure) -> {
                    if (failure == null) {
                        tally.ended(started, end);
                    } else {
                        tally.failed(failure);
                    }
                    room.release();
                });
            }
        } catch (MillraceException e) {
            room.release(orders.size());
            throw e;
        }
    }
}
