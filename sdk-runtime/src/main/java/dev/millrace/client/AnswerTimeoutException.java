package dev.millrace.client;

import java.time.Duration;

/** Thrown when a run has not answered a request in time. The run goes on, and may answer yet. */
public final class AnswerTimeoutException extends RunException {
    private static final long serialVersionUID = 1L;

    AnswerTimeoutException(String runId, String name, String requestId, Duration waited) {
        super(
                runId,
                "ANSWER_TIMEOUT",
                "Run " + runId + " has not answered '" + name + "' within " + waited.toMillis()
                        + " ms. It has the request; ask again with its id, " + requestId + ", for the same answer.");
    }
}
