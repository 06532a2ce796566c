package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.engine.RunId;
import dev.millrace.manifest.Weight;
import java.time.Instant;
import java.util.UUID;

/**
 * What stands in the id of a run: when it was created, and whether its workflow is light. Both bound where its rows are, so that a
 * run is found by its id alone, days of light runs can be removed earlier, and lists leave them out by a bound of ids. The database
 * has the same arithmetic in {@code core.first_light_run_id}. Stateless.
 */
final class RunIds {
    /** Set in the ids of light runs: no time until the year 4199 has it. */
    private static final long LIGHT = 1L << 62;

    private static final long MOST_MILLIS = (1L << 46) - 1;

    private RunIds() {}

    static RunId next(Weight weight) {
        return new RunId(of(UuidV7.next(), weight));
    }

    /** The same id, as it would be of a run of this weight. */
    static UUID of(UUID id, Weight weight) {
        long high = id.getMostSignificantBits() & ~LIGHT;
        return new UUID(weight == Weight.LIGHT ? high | LIGHT : high, id.getLeastSignificantBits());
    }

    static Instant createdAt(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16 & MOST_MILLIS);
    }

    /** The smallest id that a run of this weight created at this instant can have. */
    static UUID firstAt(Instant at, Weight weight) {
        long millis = Math.max(0, Math.min(at.toEpochMilli(), MOST_MILLIS));
        return of(new UUID(millis << 16, 0), weight);
    }

    /** Above every id of this weight that is not above all of them. */
    static UUID last(Weight weight) {
        return of(new UUID(LIGHT - 1, -1L), weight);
    }
}
