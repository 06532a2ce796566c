package dev.millrace.engine;

import dev.millrace.manifest.RateLimitSpec;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * What people have set for a tenant at run time. It is rows outside of the engine, which is told of all of it at a recovery and
 * at each change; it leaves no fact.
 *
 * @param concurrencyLimits by name, how many may go on at once instead of what manifests say; at least 1
 * @param rateLimits by name, what holds instead of what manifests say
 * @param pausedWorkflows by name, those of which no run begins
 * @param pausedWorkers that get no more attempts
 */
public record TenantConfig(
        Map<String, Integer> concurrencyLimits,
        Map<String, RateLimitSpec> rateLimits,
        Map<String, Pause> pausedWorkflows,
        Set<WorkerId> pausedWorkers) {

    /** Nothing is set: what manifests say holds. */
    public static final TenantConfig NONE = new TenantConfig(Map.of(), Map.of(), Map.of(), Set.of());

    /**
     * That a workflow is paused.
     *
     * @param since when it was
     * @param by who did it, for people; empty when that is not known
     */
    public record Pause(Instant since, String by) {}

    public TenantConfig {
        concurrencyLimits = Map.copyOf(concurrencyLimits);
        rateLimits = Map.copyOf(rateLimits);
        pausedWorkflows = Map.copyOf(pausedWorkflows);
        pausedWorkers = Set.copyOf(pausedWorkers);
        concurrencyLimits.forEach((name, limit) -> {
            if (limit < 1) {
                throw new IllegalArgumentException(
                        "Concurrency limit '" + name + "' lets at least 1 go on, but is " + limit + ".");
            }
        });
    }
}
