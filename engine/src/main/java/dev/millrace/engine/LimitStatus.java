package dev.millrace.engine;

import dev.millrace.manifest.RateLimitSpec;
import java.util.List;
import java.util.Optional;

/** A limit of a tenant as it stands: what holds, how much of it is in use, and how many wait for it. */
public sealed interface LimitStatus {

    /** The most values of a key that are told of. */
    int MOST_KEYS = 100;

    String name();

    /** Those values of its key that somebody uses or waits for, those with the most waiting first, at most {@link #MOST_KEYS}. */
    List<Usage> keys();

    /**
     * How many may go on at once.
     *
     * @param declared what manifests say; 0 while none does
     * @param limit what holds; 0 while nothing is said
     */
    record Concurrency(String name, int declared, int limit, List<Usage> keys) implements LimitStatus {
        public Concurrency {
            keys = List.copyOf(keys);
        }
    }

    /**
     * How many tokens flow.
     *
     * @param declared what manifests say; empty while none does
     * @param effective what holds; empty while nothing is said
     */
    record Rate(String name, Optional<RateLimitSpec> declared, Optional<RateLimitSpec> effective, List<Usage> keys)
            implements LimitStatus {
        public Rate {
            keys = List.copyOf(keys);
        }
    }

    /**
     * One value of the limit's key.
     *
     * @param key empty text for a limit without key
     * @param taken permits that are held, or tokens that are not there
     * @param waiting tasks that wait for it
     */
    record Usage(String key, long taken, long waiting) {}
}
