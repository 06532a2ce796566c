package dev.millrace.client;

/** Thrown when a run ended as {@code FAILED}: one of its steps failed for good. What it did before has been compensated. */
public final class RunFailedException extends RunException {
    private static final long serialVersionUID = 1L;

    private final String failedStep;
    private final boolean compensated;

    RunFailedException(String runId, String code, String message, String failedStep, boolean compensated) {
        super(
                runId,
                code,
                "Run " + runId + " failed" + (failedStep.isEmpty() ? "" : " in step '" + failedStep + "'") + ": "
                        + message + " [" + code + "]");
        this.failedStep = failedStep;
        this.compensated = compensated;
    }

    /** The step that failed first; empty if no step did. */
    public String failedStep() {
        return failedStep;
    }

    /** Whether compensations ran, and to their end. */
    public boolean compensated() {
        return compensated;
    }
}
