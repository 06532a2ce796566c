package dev.millrace.bench.workflows;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What the steps return: as much JSON as they were given.
 *
 * @param order what was asked
 * @param enteredMicros instant of the first line of the step, in microseconds since the epoch
 */
public record Receipt(Order order, long enteredMicros) {

    /** The clock that both processes read: they run on one machine. */
    public static long nowMicros() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
