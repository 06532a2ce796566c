package dev.millrace.manifest;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One node of the DAG: a method, where its arguments come from, and the policy of its attempts.
 *
 * @param name unique within the workflow
 * @param parameters in the order of the method's parameters
 * @param after steps that must have succeeded first, without handing data over
 * @param output what the method returns
 * @param policy timeouts, retries, delivery
 * @param rateLimits the buckets that every attempt takes from, in this order
 * @param line line of the method in its source file, 0 when unknown
 * @param kind how the method is called
 * @param when CEL condition that is decided without a worker; the step is skipped if it does not hold; empty for none
 * @param sharing how many at once, and whose turn it is
 * @param batch whether one attempt serves the tasks of several runs
 * @param circuitBreaker when the worker stops calling the method
 * @param fallback the method that answers when all attempts are used up or the circuit is open; empty for none
 * @param stream what the step emits to those who follow the run
 */
public record StepSpec(
        String name,
        List<ParameterSpec> parameters,
        List<String> after,
        OutputSpec output,
        StepPolicy policy,
        List<RateLimitUse> rateLimits,
        int line,
        Kind kind,
        String when,
        Sharing sharing,
        Optional<BatchSpec> batch,
        Optional<CircuitBreakerSpec> circuitBreaker,
        String fallback,
        Optional<StreamSpec> stream) {

    /** How a step's method is called. */
    public enum Kind {
        /** It runs from its first line to its last on a thread of its worker. */
        PLAIN,
        /** It returns a stage: an attempt holds a slot until that completes, but no thread. */
        ASYNC,
        /** It takes a {@code Durable}: it is suspended while it waits, and called again with what is stored. */
        DURABLE
    }

    public StepSpec {
        Names.requireName("name", "step", name);
        parameters = List.copyOf(parameters);
        after = List.copyOf(after);
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(policy, "policy");
        rateLimits = List.copyOf(rateLimits);
        Objects.requireNonNull(kind, "kind");
        Limits.requireExpression("when", "The condition of step '" + name + "'", when);
        Objects.requireNonNull(sharing, "sharing");
        Objects.requireNonNull(batch, "batch");
        Objects.requireNonNull(circuitBreaker, "circuitBreaker");
        Objects.requireNonNull(fallback, "fallback");
        Objects.requireNonNull(stream, "stream");
    }

    /** A plain step that runs unconditionally and shares nothing but its rate limits. */
    public StepSpec(
            String name,
            List<ParameterSpec> parameters,
            List<String> after,
            OutputSpec output,
            StepPolicy policy,
            List<RateLimitUse> rateLimits,
            int line) {
        this(
                name,
                parameters,
                after,
                output,
                policy,
                rateLimits,
                line,
                Kind.PLAIN,
                "",
                Sharing.NONE,
                Optional.empty(),
                Optional.empty(),
                "",
                Optional.empty());
    }

    /** A step of this name without parameters and result, with the default policy. */
    public static StepSpecBuilder named(String name) {
        return new StepSpec(name, List.of(), List.of(), OutputSpec.VOID, Defaults.stepPolicy(), List.of(), 0)
                .toBuilder();
    }

    /** A builder that begins with what this step says. */
    public StepSpecBuilder toBuilder() {
        return new StepSpecBuilder(this);
    }

    /** The names of all steps that this one waits for, with or without data, sorted. */
    public Set<String> parents() {
        var parents = new TreeSet<String>(after);
        for (var parameter : parameters) {
            if (parameter.source() == ParameterSpec.Source.STEP) {
                parents.add(parameter.step());
            }
        }
        return parents;
    }

    /** Whether something about its tasks is said by an expression: a condition, a key, a weight or a cost. */
    public boolean hasExpressions() {
        return !when.isEmpty()
                || sharing.hasExpressions()
                || rateLimits.stream().anyMatch(RateLimitUse::hasExpressions)
                || batch.isPresent() && !batch.get().key().isEmpty();
    }

    /** Whether one task is made per element of a parent's list. */
    public boolean mapped() {
        // A loop, because this is asked whenever a run ends.
        for (var parameter : parameters) {
            if (parameter.mode() == ParameterSpec.Mode.EACH) {
                return true;
            }
        }
        return false;
    }
}
