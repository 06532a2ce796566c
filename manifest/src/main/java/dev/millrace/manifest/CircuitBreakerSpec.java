package dev.millrace.manifest;

import java.time.Duration;

/**
 * That a worker stops calling what keeps failing.
 *
 * @param name steps of a worker that name the same one share the circuit; empty for one of its own
 * @param failureRate the share of failures, above 0 and at most 1, that opens the circuit
 * @param window how many outcomes are looked at, at least 1, and must be there before the circuit may open
 * @param openFor how long the circuit stays open before an attempt is let through again
 */
public record CircuitBreakerSpec(String name, double failureRate, int window, Duration openFor) {

    /** The largest window; a worker keeps every outcome of it. */
    public static final int MAX_WINDOW = 10_000;

    public CircuitBreakerSpec {
        Names.requireNameOrNone("name", "circuit breaker", name);
        if (!(failureRate > 0) || failureRate > 1) {
            throw new InvalidManifestException(
                    "failureRate",
                    "The failure rate of a circuit breaker must be above 0 and at most 1, but is " + failureRate + ".");
        }
        if (window < 1 || window > MAX_WINDOW) {
            throw new InvalidManifestException(
                    "window",
                    "The window of a circuit breaker must be 1 to " + MAX_WINDOW + " outcomes, but is " + window + ".");
        }
        Limits.requirePositive("openFor", "The time that a circuit stays open", openFor);
    }
}
