package dev.millrace.client;

/** Thrown when a run ended as {@code TIMED_OUT}: its own deadline passed. The time limit of a wait is another thing. */
public final class RunTimedOutException extends RunException {
    private static final long serialVersionUID = 1L;

    RunTimedOutException(String runId, String message) {
        super(runId, "RUN_TIMED_OUT", "Run " + runId + " timed out" + (message.isEmpty() ? "." : ": " + message));
    }
}
