package dev.millrace.bench.load;

import dev.millrace.bench.workflows.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Does things at fixed instants, whatever became of those before, with a few threads. For one thread. */
public final class Rhythm {
    private static final int THREADS = 16;
    private static final Duration LAST_ONES = Duration.ofSeconds(30);

    private final List<Beat> beats = new ArrayList<>();

    private record Beat(long afterNanos, LongConsumer action) {}

    /**
     * Has something done.
     *
     * @param after how long after the first instant
     * @param action takes the instant at which it was due, in microseconds since the epoch
     */
    public Rhythm at(Duration after, LongConsumer action) {
        beats.add(new Beat(after.toNanos(), action));
        return this;
    }

    /** Has something done so often a second, for a time; the action takes the instant at which it was due. */
    public Rhythm every(int rate, Duration length, LongConsumer action) {
        long gap = 1_000_000_000L / rate;
        for (long after = 0; after < length.toNanos(); after += gap) {
            at(Duration.ofNanos(after), action);
        }
        return this;
    }

    /**
     * Does all of it and waits for the last to be done.
     *
     * @return how many of them failed
     * @throws IllegalStateException if some are not done half a minute after they were all due
     */
    public long play() throws InterruptedException {
        beats.sort(Comparator.comparingLong(Beat::afterNanos));
        var failed = new AtomicLong();
        var threads = Executors.newFixedThreadPool(THREADS);
        long began = System.nanoTime();
        long beganMicros = Receipt.nowMicros();
        for (var beat : beats) {
            await(began + beat.afterNanos);
            threads.execute(() -> {
                try {
                    beat.action.accept(beganMicros + beat.afterNanos / 1_000);
                } catch (RuntimeException e) {
                    if (failed.getAndIncrement() == 0) {
                        e.printStackTrace();
                    }
                }
            });
        }
        threads.shutdown();
        if (!threads.awaitTermination(LAST_ONES.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "Of what was due, some is not done after " + LAST_ONES.toSeconds() + " s more.");
        }
        return failed.get();
    }

    private static void await(long dueNanos) throws InterruptedException {
        for (long rest = dueNanos - System.nanoTime(); rest > 0; rest = dueNanos - System.nanoTime()) {
            LockSupport.parkNanos(rest);
            if (Thread.interrupted()) {
                throw new InterruptedException("The load was interrupted.");
            }
        }
    }
}
