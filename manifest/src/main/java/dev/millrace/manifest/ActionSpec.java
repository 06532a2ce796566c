package dev.millrace.manifest;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A method that durable steps call as a stored task. It is no node of the DAG.
 *
 * @param name unique among the workflow's steps, actions and handlers
 * @param description what its comment says first, for people and for language models that choose among tools; may be empty
 * @param arguments JSON Schema of an object that has what the caller hands over, by the names of the parameters. In no
 *     hash: who calls is the code of the same version. {@code true} where
 *     an older compiler wrote the manifest
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
        String description,
        JsonValue arguments,
        OutputSpec output,
        StepPolicy policy,
        List<RateLimitUse> rateLimits,
        Sharing sharing,
        Optional<CircuitBreakerSpec> circuitBreaker,
        String fallback,
        int line) {
    public ActionSpec {
        Names.requireName("name", "action", name);
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(arguments, "arguments");
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(policy, "policy");
        rateLimits = List.copyOf(rateLimits);
        Objects.requireNonNull(sharing, "sharing");
        Objects.requireNonNull(circuitBreaker, "circuitBreaker");
        Objects.requireNonNull(fallback, "fallback");
    }

    /** Without a comment, and with whatever arguments. */
    public ActionSpec(
            String name,
            OutputSpec output,
            StepPolicy policy,
            List<RateLimitUse> rateLimits,
            Sharing sharing,
            Optional<CircuitBreakerSpec> circuitBreaker,
            String fallback,
            int line) {
        this(name, "", JsonValue.TRUE, output, policy, rateLimits, sharing, circuitBreaker, fallback, line);
    }
}
