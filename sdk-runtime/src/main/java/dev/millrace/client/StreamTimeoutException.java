package dev.millrace.client;

import java.time.Duration;

/** Thrown when a run emitted nothing for as long as its reader waits, and did not end. The run goes on; read on, or resume later. */
public final class StreamTimeoutException extends RunException {
    private static final long serialVersionUID = 1L;

    StreamTimeoutException(String runId, Duration waited, long position) {
        super(
                runId,
                "STREAM_TIMEOUT",
                "Run " + runId + " has emitted nothing behind position " + position + " within " + waited.toMillis()
                        + " ms and has not ended. It goes on: read on, or resume after that position later.");
    }
}
