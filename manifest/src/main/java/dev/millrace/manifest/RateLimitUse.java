package dev.millrace.manifest;

/**
 * That every attempt of a step takes tokens from a bucket.
 *
 * @param name the {@link RateLimitSpec} of the same manifest
 * @param cost how many tokens, at least 1 and at most the bucket's burst
 */
public record RateLimitUse(String name, long cost) {
    public RateLimitUse {
        Names.requireName("name", "rate limit", name);
        if (cost < 1) {
            throw new InvalidManifestException(
                    "cost", "A use of rate limit '" + name + "' must cost at least 1, but costs " + cost + ".");
        }
    }
}
