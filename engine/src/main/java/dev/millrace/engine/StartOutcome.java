package dev.millrace.engine;

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

    /** Nothing was stored: a stable code and a sentence. */
    record Refused(String code, String message) implements StartOutcome {}
}
