package dev.millrace.controlplane.shard;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The time that shards go by: this machine's, corrected by the database's, which all instances share. It never goes back, and a
 * correction never moves it by more than {@link #LARGEST_STEP} but for the first one. Safe for use by several threads.
 */
final class ShardClock {
    static final Duration LARGEST_STEP = Duration.ofMillis(500);

    private final Clock machine;
    private Duration offset = Duration.ZERO;
    private boolean corrected;
    private Instant last = Instant.EPOCH;

    ShardClock(Clock machine) {
        this.machine = machine;
    }

    /** Now, in whole microseconds. */
    synchronized Instant now() {
        var now = machine.instant().plus(offset).truncatedTo(ChronoUnit.MICROS);
        if (now.isAfter(last)) {
            last = now;
        }
        return last;
    }

    /** This machine's own time, to be handed to {@link #correct}. */
    Instant machineTime() {
        return machine.instant();
    }

    /**
     * The database said that it is {@code shared}, somewhere between these two instants of this machine.
     */
    synchronized void correct(Instant shared, Instant asked, Instant answered) {
        var middle = asked.plus(Duration.between(asked, answered).dividedBy(2));
        var wanted = Duration.between(middle, shared);
        var step = wanted.minus(offset);
        if (corrected && step.abs().compareTo(LARGEST_STEP) > 0) {
            step = step.isNegative() ? LARGEST_STEP.negated() : LARGEST_STEP;
        }
        offset = offset.plus(step);
        corrected = true;
    }
}
