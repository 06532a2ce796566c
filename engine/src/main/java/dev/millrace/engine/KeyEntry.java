package dev.millrace.engine;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A unique key that has been claimed, stored in the same commit as the facts of what it claimed.
 *
 * @param outcomes what the claim led to: one entry per run of a request, one for an idempotency key
 * @param digest hash of the input the key came with; empty where nothing is compared
 * @param claim 1 for the first claim of the key, and one more each time it is claimed again after it was free
 * @param until from then on the key is free again; {@link Instant#MAX} for not as far as is known
 * @param untilEnded the key is also free as soon as its run has ended
 */
public record KeyEntry(
        UniqueKey key,
        List<StartOutcome> outcomes,
        String digest,
        Instant at,
        int claim,
        Instant until,
        boolean untilEnded) {
    public KeyEntry {
        Objects.requireNonNull(until, "until");
        outcomes = List.copyOf(outcomes);
        if (claim < 1) {
            throw new IllegalArgumentException("Claims of " + key + " are counted from 1, not from " + claim + ".");
        }
    }

    /** The first claim of a key that stays claimed. */
    public KeyEntry(UniqueKey key, List<StartOutcome> outcomes, String digest, Instant at) {
        this(key, outcomes, digest, at, 1, Instant.MAX, false);
    }

    /** The run that the key of a start stands for. */
    public RunId run() {
        return ((StartOutcome.Started) outcomes.get(0)).run();
    }

    /** The same, known to be free since then. */
    public KeyEntry freeSince(Instant instant) {
        return new KeyEntry(key, outcomes, digest, at, claim, instant, untilEnded);
    }
}
