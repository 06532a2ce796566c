package dev.millrace.engine;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keys claimed lately, so that most repetitions need no look into the store. Bounded by what they led to: the key of a request
 * remembers an outcome for each of up to a thousand runs, so counting keys would bound nothing.
 */
final class RecentKeys {
    private final int mostOutcomes;
    private final Map<UniqueKey, KeyEntry> entries = new LinkedHashMap<>();
    private int outcomes;

    RecentKeys(int mostOutcomes) {
        this.mostOutcomes = mostOutcomes;
    }

    /** What a key led to, or null if it is not remembered. */
    KeyEntry get(UniqueKey key) {
        return entries.get(key);
    }

    boolean contains(UniqueKey key) {
        return entries.containsKey(key);
    }

    /** Remembers a key, unless it is already; forgets the oldest beyond the bound. */
    void add(KeyEntry entry) {
        if (entries.putIfAbsent(entry.key(), entry) != null) {
            return;
        }
        outcomes += weight(entry);
        var oldest = entries.values().iterator();
        while (outcomes > mostOutcomes && entries.size() > 1) {
            outcomes -= weight(oldest.next());
            oldest.remove();
        }
    }

    private static int weight(KeyEntry entry) {
        return Math.max(1, entry.outcomes().size());
    }
}
