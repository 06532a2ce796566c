package dev.millrace.engine;

import java.time.Instant;
import java.util.List;

/**
 * A unique key that has been claimed, stored in the same commit as the facts of what it claimed.
 *
 * @param outcomes what the claim led to: one entry per run of a request, one for an idempotency key
 * @param digest hash of the input the key came with; empty where nothing is compared
 */
public record KeyEntry(UniqueKey key, List<StartOutcome> outcomes, String digest, Instant at) {
    public KeyEntry {
        outcomes = List.copyOf(outcomes);
    }
}
