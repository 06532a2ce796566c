package dev.millrace.engine.core;

import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.UniqueKey;
import java.util.HashMap;
import java.util.Map;

/**
 * The unique keys that the store may not know yet: those claimed since the last projection, which comes after the commit. A
 * key that a parked command asks about stays until that command is decided, because its answer from the store may be older
 * than a claim that has been projected meanwhile.
 */
final class UniqueKeys {
    private Map<UniqueKey, KeyEntry> fresh = new HashMap<>();
    private Map<UniqueKey, KeyEntry> captured = new HashMap<>();
    private final Map<UniqueKey, Integer> pins = new HashMap<>();

    /** What the key was claimed with; null when memory does not know. */
    KeyEntry get(UniqueKey key) {
        var entry = fresh.get(key);
        return entry != null || captured.isEmpty() ? entry : captured.get(key);
    }

    void put(KeyEntry entry) {
        fresh.put(entry.key(), entry);
    }

    void pin(UniqueKey key) {
        pins.merge(key, 1, Integer::sum);
    }

    void unpin(UniqueKey key) {
        pins.computeIfPresent(key, (any, count) -> count == 1 ? null : count - 1);
    }

    void capture() {
        captured = fresh;
        fresh = new HashMap<>();
    }

    /** What had been claimed before the last capture is stored for sure. */
    void projected() {
        for (var key : pins.keySet()) {
            var entry = captured.get(key);
            if (entry != null) {
                fresh.putIfAbsent(key, entry);
            }
        }
        captured = new HashMap<>();
    }

    int size() {
        return fresh.size() + captured.size();
    }
}
