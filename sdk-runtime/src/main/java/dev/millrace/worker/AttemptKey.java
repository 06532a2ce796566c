package dev.millrace.worker;

import dev.millrace.connection.Uuids;
import dev.millrace.wire.worker.v1.AttemptRef;
import java.util.UUID;

/** Which attempt it is. */
record AttemptKey(UUID run, int generation, String step, int element, int attempt) {

    static AttemptKey of(AttemptRef ref) {
        return new AttemptKey(
                Uuids.of(ref.getRunId()), ref.getGeneration(), ref.getStep(), ref.getElement(), ref.getAttempt());
    }

    /** For messages. */
    @Override
    public String toString() {
        return "attempt " + attempt + " of step '" + step + "'" + (element == 0 ? "" : " [" + element + "]")
                + " of run " + run;
    }
}
