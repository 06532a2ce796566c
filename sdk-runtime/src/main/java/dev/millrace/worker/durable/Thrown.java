package dev.millrace.worker.durable;

import java.time.Duration;

/**
 * What an exception means for an action.
 *
 * @param retryAfter do not try again sooner
 */
public record Thrown(ActionFailure failure, boolean nonRetryable, Duration retryAfter) {

    /** Looks at exceptions. */
    public interface Reader {
        /** What this one means. */
        Thrown of(Throwable thrown, CallPolicy policy);
    }
}
