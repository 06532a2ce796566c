package dev.millrace.controlplane.dispatch;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.VersionRef;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a stream knows of the attempts that it told its worker of, or was told of. The oldest are forgotten when there are too many:
 * an offer that went elsewhere in the meantime is never heard of again. Safe for use by several threads.
 */
final class KnownAttempts {
    private static final int MOST = 200_000;

    private final Map<AttemptRef, Known> attempts = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AttemptRef, Known> eldest) {
            return size() > MOST;
        }
    };

    private record Known(String step, Optional<VersionRef> version) {}

    /** An attempt that the worker is given. */
    synchronized void assigned(AttemptRef attempt, String step, VersionRef version) {
        attempts.put(attempt, new Known(step, Optional.of(version)));
    }

    /** An attempt that the worker brought along from a former stream; it knows the step's name, and need not know the version. */
    synchronized void claimed(AttemptRef attempt, String step) {
        attempts.put(attempt, new Known(step, Optional.empty()));
    }

    /** The name of the attempt's step; empty when it is not known any more. */
    synchronized String step(AttemptRef attempt) {
        var known = attempts.get(attempt);
        return known == null ? "" : known.step();
    }

    /** The version of the attempt's run, if it was assigned on this stream. */
    synchronized Optional<VersionRef> version(AttemptRef attempt) {
        var known = attempts.get(attempt);
        return known == null ? Optional.empty() : known.version();
    }
}
