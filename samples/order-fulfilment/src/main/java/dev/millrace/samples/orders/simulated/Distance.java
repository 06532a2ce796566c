package dev.millrace.samples.orders.simulated;

import dev.millrace.samples.orders.ServiceBusyException;
import java.time.Duration;

/** The time that a call over a network takes. */
final class Distance {
    private Distance() {}

    /** Waits, unless the attempt is cancelled meanwhile. */
    static void cross(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceBusyException("The call was interrupted before it was answered.");
        }
    }
}
