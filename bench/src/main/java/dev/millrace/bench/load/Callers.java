package dev.millrace.bench.load;

import dev.millrace.bench.figures.Figures;
import dev.millrace.client.RunException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** So many threads, each of which starts a run, waits for its result, and starts the next. */
final class Callers implements Load {
    private final int callers;
    private final LongConsumer run;
    private final AtomicLong numbers = new AtomicLong();

    /**
     * Runs what it is given.
     *
     * @param callers how many runs are in flight
     * @param run starts the run of a number and waits for its result
     */
    Callers(int callers, LongConsumer run) {
        this.callers = callers;
        this.run = run;
    }

    @Override
    public Figures run(Duration length) {
        var tally = new Tally(length);
        Crew.of(callers, () -> {
            while (!tally.over()) {
                var started = System.nanoTime();
                try {
                    run.accept(numbers.incrementAndGet());
                    tally.succeeded(started);
                } catch (RunException e) {
                    tally.failed(e);
                }
            }
        });
        return tally.figures();
    }
}
