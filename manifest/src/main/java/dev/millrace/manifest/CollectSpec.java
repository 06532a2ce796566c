package dev.millrace.manifest;

import java.time.Duration;

/**
 * That starts are gathered: one run for many, with their payloads as its input list.
 *
 * @param maxSize how many at most in one run, at least 2
 * @param maxWait how long the first one waits for others
 * @param key CEL expression; only starts of equal value are gathered together; empty for all
 */
public record CollectSpec(int maxSize, Duration maxWait, String key) {
    public CollectSpec {
        Limits.requireSeveral("maxSize", "A run for gathered starts", maxSize);
        Limits.requirePositive("maxWait", "The wait of gathered starts", maxWait);
        Limits.requireExpression("key", "The key of gathered starts", key);
    }
}
