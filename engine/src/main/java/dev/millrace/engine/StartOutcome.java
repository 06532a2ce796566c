package dev.millrace.engine;

import java.time.Instant;

/** What became of one start of a batch. */
public sealed interface StartOutcome {

    /**
     * The run is stored.
     *
     * @param existing whether an earlier start under the same key had made it
     * @param joined whether the start joined the window of a run that another start had opened, and which has not begun
     */
    record Started(RunId run, boolean existing, boolean joined) implements StartOutcome {
        /** One that joined nothing. */
        public Started(RunId run, boolean existing) {
            this(run, existing, false);
        }
    }

    /**
     * Nothing was stored: a stable code and a sentence.
     *
     * @param again when it may be otherwise; {@link Instant#MIN} where that is not known. Not remembered with the request
     */
    record Refused(String code, String message, Instant again) implements StartOutcome {
        /** One of which nobody knows when it may be otherwise. */
        public Refused(String code, String message) {
            this(code, message, Instant.MIN);
        }
    }
}
