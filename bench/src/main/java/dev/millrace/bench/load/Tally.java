package dev.millrace.bench.load;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Samples;
import dev.millrace.client.RunEnd;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Counts the ends of runs while a load is on. Safe for use by many threads. */
final class Tally {
    private final long beganNanos = System.nanoTime();
    private final long endNanos;
    private final Samples runMicros = new Samples();
    private final LongAdder inTime = new LongAdder();
    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicBoolean told = new AtomicBoolean();

    Tally(Duration length) {
        this.endNanos = beganNanos + length.toNanos();
    }

    /** Whether the time is up. */
    boolean over() {
        return System.nanoTime() - endNanos >= 0;
    }

    /** When the load began, by {@link System#nanoTime}. */
    long began() {
        return beganNanos;
    }

    /** A run that was started at some time by {@link System#nanoTime} has ended well. */
    void succeeded(long startedNanos) {
        var now = System.nanoTime();
        ended.increment();
        if (now - endNanos < 0) {
            inTime.increment();
            runMicros.add((now - startedNanos) / 1_000);
        }
    }

    /** A run has ended. */
    void ended(long startedNanos, RunEnd<?> end) {
        if (end.result().isPresent()) {
            succeeded(startedNanos);
        } else {
            failed(end.failure()
                    .<Throwable>map(failure -> failure)
                    .orElseGet(() -> new IllegalStateException(
                            "Run " + end.runId() + " ended " + end.state() + " without a result.")));
        }
    }

    /** A run could not be started, or ended badly; what the first one failed with is said in the log. */
    void failed(Throwable failure) {
        if (told.compareAndSet(false, true)) {
            System.err.println("The first run that failed: " + failure);
        }
        failed.increment();
    }

    Figures figures() {
        var seconds = (endNanos - beganNanos) / 1e9;
        var figures = Figures.none()
                .with("runsPerSecond", inTime.sum() / seconds)
                .with("ended", ended.sum())
                .with("failed", failed.sum());
        return runMicros.size() == 0 ? figures : figures.withMillis("runMillis", runMicros);
    }
}
