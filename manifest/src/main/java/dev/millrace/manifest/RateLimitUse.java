package dev.millrace.manifest;

/**
 * That every attempt of a step takes tokens from a bucket.
 *
 * @param name the {@link RateLimitSpec} of the same manifest
 * @param key CEL expression that splits the limit: each of its values has a bucket of its own; empty for one bucket
 * @param cost how many tokens, at least 1 and at most the bucket's burst; 1 where an expression says it
 * @param costExpression CEL expression for how many tokens; empty where {@code cost} says it
 */
public record RateLimitUse(String name, String key, long cost, String costExpression) {
    public RateLimitUse {
        Names.requireName("name", "rate limit", name);
        Limits.requireExpression("key", "The key of rate limit '" + name + "'", key);
        Limits.requireExpression("costExpression", "The cost at rate limit '" + name + "'", costExpression);
        if (cost < 1) {
            throw new InvalidManifestException(
                    "cost", "A use of rate limit '" + name + "' must cost at least 1, but costs " + cost + ".");
        }
        if (cost != 1 && !costExpression.isEmpty()) {
            throw new InvalidManifestException(
                    "cost",
                    "A use of rate limit '" + name + "' costs " + cost + " and \"" + costExpression
                            + "\"; one of them must go.");
        }
    }

    /** Whether its key or its cost is said by an expression. */
    public boolean hasExpressions() {
        return !key.isEmpty() || !costExpression.isEmpty();
    }

    /** A use of the limit's only bucket, at a fixed cost. */
    public RateLimitUse(String name, long cost) {
        this(name, "", cost, "");
    }
}
