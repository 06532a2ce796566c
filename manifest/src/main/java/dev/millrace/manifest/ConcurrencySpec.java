package dev.millrace.manifest;

import java.util.Objects;

/**
 * How many may go on at once.
 *
 * @param name the name by which workflows of the tenant share the limit; empty for a limit of its own
 * @param key CEL expression that splits the limit: each of its values has one of its own; empty for one limit for all
 * @param limit how many at once, at least 1
 * @param strategy what becomes of those beyond
 */
public record ConcurrencySpec(String name, String key, int limit, ConcurrencyStrategy strategy) {
    public ConcurrencySpec {
        Names.requireNameOrNone("name", "concurrency limit", name);
        Limits.requireExpression("key", "The key of a concurrency limit", key);
        if (limit < 1) {
            throw new InvalidManifestException(
                    "limit", "A concurrency limit lets at least 1 go on, but is " + limit + ".");
        }
        Objects.requireNonNull(strategy, "strategy");
    }
}
