package dev.millrace.manifest;

import java.time.Duration;

/**
 * A token bucket: {@code limit} tokens flow in evenly over {@code period}, at most {@code burst} are kept. All workflows of
 * a tenant that name the same limit share one bucket.
 *
 * @param name name of the limit, unique within the tenant
 * @param limit tokens per period, at least 1
 * @param period length of the period
 * @param burst the most tokens that can be taken at one moment, at least 1
 */
public record RateLimitSpec(String name, long limit, Duration period, long burst) {
    public RateLimitSpec {
        Names.requireName("name", "rate limit", name);
        if (limit < 1 || burst < 1) {
            throw new InvalidManifestException(
                    limit < 1 ? "limit" : "burst",
                    "Rate limit '" + name + "' needs a limit and a burst of at least 1, but has limit " + limit
                            + " and burst " + burst + ".");
        }
        Limits.requirePositive("period", "The period of rate limit '" + name + "'", period);
    }
}
