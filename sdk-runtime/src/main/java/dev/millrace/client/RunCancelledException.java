package dev.millrace.client;

/** Thrown when a run ended as {@code CANCELLED}: somebody asked for it. */
public final class RunCancelledException extends RunException {
    private static final long serialVersionUID = 1L;

    RunCancelledException(String runId, String message) {
        super(runId, "RUN_CANCELLED", "Run " + runId + " was cancelled" + (message.isEmpty() ? "." : ": " + message));
    }
}
