package dev.millrace.bench.load;

import dev.millrace.bench.figures.Figures;
import java.time.Duration;

/** One pattern of starting runs. Used by one thread. */
public interface Load {

    /**
     * Puts the load on for so long, then waits for the runs that are still under way.
     *
     * @return {@code runsPerSecond} and {@code failed} within that time, {@code ended} over all, and times of the
     *     pattern's own
     */
    Figures run(Duration length) throws InterruptedException;
}
