package dev.millrace.client;

import dev.millrace.connection.MillraceException;
import java.util.Map;
import java.util.TreeMap;

/**
 * Thrown by {@code startAll} when some of the runs could not be started. The others were: {@link #started()} has their ids.
 * Starting the same batch again starts those again too, unless each has an idempotency key.
 */
public final class BatchRefusedException extends MillraceException {
    private static final long serialVersionUID = 1L;

    private final transient Map<Integer, MillraceException> failures;
    private final transient Map<Integer, String> started;

    BatchRefusedException(Map<Integer, MillraceException> failures, Map<Integer, String> started) {
        super(
                failures.values().iterator().next().code(),
                failures.size() + " of " + (failures.size() + started.size())
                        + " runs could not be started; the others were. The first is number "
                        + failures.keySet().iterator().next() + ": "
                        + failures.values().iterator().next().getMessage(),
                failures.values().iterator().next());
        this.failures = Map.copyOf(failures);
        this.started = Map.copyOf(started);
    }

    /** Why each of the others was not started, by its position in the batch, from 0. */
    public Map<Integer, MillraceException> failures() {
        return new TreeMap<>(failures);
    }

    /** The ids of the runs that were started, by their positions in the batch, from 0. */
    public Map<Integer, String> started() {
        return new TreeMap<>(started);
    }
}
