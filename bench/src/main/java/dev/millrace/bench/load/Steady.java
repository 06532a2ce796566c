package dev.millrace.bench.load;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Samples;
import dev.millrace.bench.workflows.Order;
import dev.millrace.bench.workflows.Receipt;
import dev.millrace.client.RunHandle;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * One-step runs at fixed instants, however slow those before are: an open loop. Every time is counted from the instant at
 * which the start was <em>due</em>, so a control plane that stalls is charged for all the starts that it held up.
 */
final class Steady implements Load {
    /** So many starts may be waiting for their acknowledgement before the schedule itself slips. */
    private static final int CALLERS = 64;

    private static final Duration LAST_RUNS = Duration.ofSeconds(60);

    private final Function<Order, RunHandle<Receipt>> start;
    private final int rate;
    private long number;

    /** @param start starts a run of one step */
    Steady(Function<Order, RunHandle<Receipt>> start, int rate) {
        this.start = start;
        this.rate = rate;
    }

    @Override
    public Figures run(Duration length) throws InterruptedException {
        var starts = rate * length.toMillis() / 1_000;
        var schedule = new Schedule(rate);
        var tally = new Tally(length.plus(LAST_RUNS));
        var next = new AtomicLong();
        var open = new Semaphore(0);
        var startMicros = new Samples();
        var callMicros = new Samples();
        var lateMicros = new Samples();
        var first = number;
        number += starts;
        Crew.of(CALLERS, () -> {
            for (var i = next.getAndIncrement(); i < starts; i = next.getAndIncrement()) {
                var due = schedule.due(i);
                schedule.await(i);
                var called = Receipt.nowMicros();
                var handle = start.apply(Order.of(first + i, due));
                lateMicros.add(Math.max(0, called - due));
                callMicros.add(Receipt.nowMicros() - due);
                handle.ended().whenComplete((end, failure) -> {
                    if (failure == null) {
                        end.result().ifPresent(receipt -> startMicros.add(receipt.enteredMicros() - due));
                        tally.ended(schedule.nanos(due), end);
                    } else {
                        tally.failed(failure);
                    }
                    open.release();
                });
            }
        });
        if (!open.tryAcquire((int) starts, LAST_RUNS.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException((starts - open.availablePermits()) + " of " + starts
                    + " runs have not ended " + LAST_RUNS.toSeconds() + " s after the load.");
        }
        var figures = tally.figures();
        return figures.with("runsPerSecond", figures.get("ended") / (length.toMillis() / 1e3))
                .withMillis("startMillis", startMicros)
                .withMillis("callMillis", callMicros)
                .withMillis("lateMillis", lateMicros);
    }

    /** When which start is due. */
    private static final class Schedule {
        private static final long LEAD_MICROS = 50_000;

        private final long beganMicros = Receipt.nowMicros() + LEAD_MICROS;
        private final long beganNanos = System.nanoTime() + LEAD_MICROS * 1_000;
        private final int rate;

        Schedule(int rate) {
            this.rate = rate;
        }

        long due(long start) {
            return beganMicros + start * 1_000_000 / rate;
        }

        long nanos(long micros) {
            return beganNanos + (micros - beganMicros) * 1_000;
        }

        void await(long start) throws InterruptedException {
            for (var rest = rest(start); rest > 0; rest = rest(start)) {
                LockSupport.parkNanos(rest * 1_000);
                if (Thread.interrupted()) {
                    throw new InterruptedException("The load was interrupted.");
                }
            }
        }

        private long rest(long start) {
            return due(start) - Receipt.nowMicros();
        }
    }
}
