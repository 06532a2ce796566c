package dev.millrace.client;

import java.time.Duration;

/** Thrown when a wait for a result was over before the run was. The run goes on; ask its handle again. */
public final class ResultTimeoutException extends RunException {
    private static final long serialVersionUID = 1L;

    ResultTimeoutException(String runId, Duration waited) {
        super(
                runId,
                "RESULT_TIMEOUT",
                "Run " + runId + " has not ended within " + waited.toMillis()
                        + " ms. It goes on; wait again with the same handle, or cancel it.");
    }
}
