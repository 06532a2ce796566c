package dev.millrace.manifest;

import java.util.List;
import java.util.Objects;
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
 */
public record StepSpec(
        String name,
        List<ParameterSpec> parameters,
        List<String> after,
        OutputSpec output,
        StepPolicy policy,
        List<RateLimitUse> rateLimits,
        int line) {

    public StepSpec {
        Names.requireName("name", "step", name);
        parameters = List.copyOf(parameters);
        after = List.copyOf(after);
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(policy, "policy");
        rateLimits = List.copyOf(rateLimits);
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

    /** Whether one task is made per element of a parent's list. */
    public boolean mapped() {
        return parameters.stream().anyMatch(parameter -> parameter.mode() == ParameterSpec.Mode.EACH);
    }
}
