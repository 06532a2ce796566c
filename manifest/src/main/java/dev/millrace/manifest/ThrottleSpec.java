package dev.millrace.manifest;

import java.time.Duration;

/**
 * That at most so many starts per period are let through; those beyond are refused and recorded.
 *
 * @param limit how many starts each period admits, at least 1
 * @param per length of the period
 * @param key CEL expression that splits the limit; empty for one limit for all
 */
public record ThrottleSpec(int limit, Duration per, String key) {
    public ThrottleSpec {
        if (limit < 1) {
            throw new InvalidManifestException(
                    "limit", "A throttle lets at least 1 start through, but its limit is " + limit + ".");
        }
        Limits.requirePositive("per", "The period of a throttle", per);
        Limits.requireExpression("key", "The key of a throttle", key);
    }
}
