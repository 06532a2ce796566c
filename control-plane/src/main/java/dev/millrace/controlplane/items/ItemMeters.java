package dev.millrace.controlplane.items;

import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts what is emitted and who follows it. Safe for use by several threads. */
@Singleton
public final class ItemMeters {
    private final LongAdder items = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder chunks = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final AtomicInteger followers = new AtomicInteger();

    void stored(Chunk chunk, Storing became) {
        if (became instanceof Storing.Stored) {
            chunks.increment();
            items.add(chunk.items().size());
            bytes.add(chunk.items().stream().mapToLong(item -> item.length).sum());
        } else {
            refused();
        }
    }

    void refused() {
        refused.increment();
    }

    void followed() {
        followers.incrementAndGet();
    }

    void left() {
        followers.decrementAndGet();
    }

    /** Items that were stored, those that were sent twice included. */
    public long items() {
        return items.sum();
    }

    /** The length of their JSON. */
    public long bytes() {
        return bytes.sum();
    }

    /** Chunks in which they came. */
    public long chunks() {
        return chunks.sum();
    }

    /** Chunks that were not stored. */
    public long refusedChunks() {
        return refused.sum();
    }

    /** Who follows a run's stream now. */
    public int followers() {
        return followers.get();
    }
}
