package dev.millrace.engine.core;

import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.UniqueKey;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The unique keys that the store may not know yet, which are those claimed since the last projection, and the request ids of the
 * last minute. A key that a parked command asks about stays until that command is decided, because its answer from the store may
 * be older than a claim that has been projected meanwhile.
 *
 * <p>Whether a request was decided before is known without asking when its id was made just now and every claim since the earliest
 * moment at which it can have been used is still here. Nobody's word is taken for it: a message may come late, after the same
 * request was sent again and decided.
 */
final class UniqueKeys {
    /** So much a client's clock may differ from the shard's before its requests are looked up in the store. */
    private static final long SKEW_MICROS = 5_000_000;
    /** So much a client's clock may be ahead: an id may have been used that long before the time that is in it. */
    private static final long AHEAD_MICROS = 60_000_000;

    private static final long KEEP_MICROS = AHEAD_MICROS + SKEW_MICROS;
    /** About 30 MB. When more are claimed within a minute, requests are looked up. */
    private static final int MOST_RECENT = 200_000;

    private record Recent(UniqueKey key, long atMicros) {}

    private Map<UniqueKey, KeyEntry> fresh = new HashMap<>();
    private Map<UniqueKey, KeyEntry> captured = new HashMap<>();
    /** Requests whose claims are projected, without what they led to: a request may have started thousands of runs. */
    private final Set<UniqueKey> recent = new HashSet<>();
    /** The same, oldest first. */
    private final ArrayDeque<Recent> order = new ArrayDeque<>();

    private final Map<UniqueKey, Integer> pins = new HashMap<>();
    /** Every request that was claimed from then on is in memory. */
    private long completeSince = Long.MAX_VALUE;

    /** What the key was claimed with; null when memory does not know. */
    KeyEntry get(UniqueKey key) {
        var entry = fresh.get(key);
        if (entry == null && !captured.isEmpty()) {
            entry = captured.get(key);
        }
        return entry;
    }

    /** Whether a request with this key, of which {@link #get} knows nothing, has surely never been claimed. */
    boolean isNew(UniqueKey key, UUID request, long nowMicros) {
        if (request.version() != 7 || recent.contains(key)) {
            return false;
        }
        long made = (request.getMostSignificantBits() >>> 16) * 1_000;
        return Math.abs(made - nowMicros) <= SKEW_MICROS && made - AHEAD_MICROS >= completeSince;
    }

    /** Every claim since then passes through memory. */
    void recovered(long sinceMicros) {
        completeSince = sinceMicros;
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
    void projected(Instant now) {
        for (var key : pins.keySet()) {
            var entry = captured.get(key);
            if (entry != null) {
                fresh.putIfAbsent(key, entry);
            }
        }
        for (var entry : captured.values()) {
            if (entry.key().scope().equals(UniqueKey.REQUEST)) {
                recent.add(entry.key());
                order.add(new Recent(entry.key(), Instants.micros(entry.at())));
            }
        }
        captured = new HashMap<>();
        forget(Instants.micros(now));
    }

    private void forget(long nowMicros) {
        for (var oldest = order.peek(); oldest != null; oldest = order.peek()) {
            long at = oldest.atMicros();
            if (order.size() <= MOST_RECENT && at >= nowMicros - KEEP_MICROS) {
                return;
            }
            order.remove();
            recent.remove(oldest.key());
            completeSince = Math.max(completeSince, at + 1);
        }
    }

    int size() {
        return fresh.size() + captured.size();
    }
}
