package dev.millrace.worker;

import dev.millrace.connection.Pace;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * How a worker introduces itself and leaves.
 *
 * @param id chosen once for the worker's life
 * @param name for people: host and process
 * @param sdk for people: name and version of the SDK
 * @param slots how many attempts it takes at a time
 * @param slotKinds how many slots it has of each kind that has a name, beside those
 * @param labels what steps may ask for
 * @param drainTimeout how long running attempts may go on when it is closed
 * @param pace how quickly it connects again
 */
record WorkerSettings(
        UUID id,
        String name,
        String sdk,
        int slots,
        Map<String, Integer> slotKinds,
        Map<String, String> labels,
        Duration drainTimeout,
        Pace pace) {
    WorkerSettings {
        slotKinds = Map.copyOf(slotKinds);
        labels = Map.copyOf(labels);
    }
}
