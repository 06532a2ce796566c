package dev.millrace.worker.durable;

import dev.millrace.manifest.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How an action is tried.
 *
 * @param timeout how long one attempt may take; empty for as long as the step may
 * @param retryOn the only exceptions that are retried; empty for all
 * @param noRetryOn exceptions that are never retried
 */
public record CallPolicy(
        int retries,
        Backoff backoff,
        Optional<Duration> timeout,
        List<Class<? extends Throwable>> retryOn,
        List<Class<? extends Throwable>> noRetryOn) {
    public CallPolicy {
        retryOn = List.copyOf(retryOn);
        noRetryOn = List.copyOf(noRetryOn);
    }
}
