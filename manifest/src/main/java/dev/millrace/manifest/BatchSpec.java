package dev.millrace.manifest;

import java.time.Duration;

/**
 * That one attempt serves the tasks of several runs: the method takes a list and returns a list of the same length. The
 * step's schemas are those of one element.
 *
 * @param maxSize how many tasks at most in one call, at least 2
 * @param maxWait how long the first task waits for others
 * @param key CEL expression; only tasks of equal value share a call; empty for all
 */
public record BatchSpec(int maxSize, Duration maxWait, String key) {
    public BatchSpec {
        Limits.requireSeveral("maxSize", "A call for many tasks", maxSize);
        Limits.requirePositive("maxWait", "The wait of a batch", maxWait);
        Limits.requireExpression("key", "The key of a batch", key);
    }
}
