package dev.millrace.manifest;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A method that durable steps call as a stored task. It is no node of the DAG.
 *
 * @param name unique among the workflow's steps, actions and handlers
 * @param output what the method returns
 * @param policy timeouts, retries, delivery
 * @param rateLimits the buckets that every attempt takes from, in this order
 * @param sharing how many at once, and whose turn it is
 * @param circuitBreaker when the worker stops calling it
 * @param fallback the method that answers when all attempts are used up; empty for none
 * @param line line of the method in its source file, 0 when unknown
 */
public record ActionSpec(
        String name,
        OutputSpec output,
        StepPolicy policy,
        List<RateLimitUse> rateLimits,
        Sharing sharing,
        Optional<CircuitBreakerSpec> circuitBreaker,
        String fallback,
        int line) {
    public ActionSpec {
        Names.requireName("name", "action", name);
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(policy, "policy");
        rateLimits = List.copyOf(rateLimits);
        Objects.requireNonNull(sharing, "sharing");
        Objects.requireNonNull(circuitBreaker, "circuitBreaker");
        Objects.requireNonNull(fallback, "fallback");
    }
}
