package dev.millrace.manifest;

import java.time.Duration;
import java.util.Optional;

/**
 * That starts wait for quiet: each further one replaces the one before and begins the delay anew.
 *
 * @param quiet how long it must be quiet
 * @param maxWait how long the first start waits at most, at least {@code quiet}; empty for no bound but the queue timeout
 * @param key CEL expression; starts of equal value replace each other; empty for all
 */
public record DebounceSpec(Duration quiet, Optional<Duration> maxWait, String key) {
    public DebounceSpec {
        Limits.requirePositive("quiet", "The quiet time of debounced starts", quiet);
        if (maxWait.isPresent()) {
            Limits.requirePositive("maxWait", "The longest wait of debounced starts", maxWait.get());
            if (maxWait.get().compareTo(quiet) < 0) {
                throw new InvalidManifestException(
                        "maxWait",
                        "Debounced starts wait " + Durations.format(maxWait.get())
                                + " at most, which is less than the quiet time of " + Durations.format(quiet) + ".");
            }
        }
        Limits.requireExpression("key", "The key of debounced starts", key);
    }
}
