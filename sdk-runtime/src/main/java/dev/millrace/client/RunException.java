package dev.millrace.client;

import dev.millrace.connection.MillraceException;

/** A run that did not bring its result: it failed, was cancelled, timed out, or is not done yet. */
public abstract sealed class RunException extends MillraceException
        permits RunFailedException,
                RunCancelledException,
                RunTimedOutException,
                ResultTimeoutException,
                AnswerTimeoutException,
                StreamTimeoutException {
    private static final long serialVersionUID = 1L;

    private final String runId;

    RunException(String runId, String code, String message) {
        super(code, message);
        this.runId = runId;
    }

    /** The id of the run. */
    public final String runId() {
        return runId;
    }
}
