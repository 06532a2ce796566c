package dev.millrace.controlplane.items;

import java.time.Instant;
import java.util.List;

/**
 * Items of one attempt that are stored.
 *
 * @param position of the first item within the run, from 1; the others follow it
 * @param index of the first item within the attempt, from 0
 * @param ends whether the attempt emits nothing more, which has the position behind the items
 * @param storedAt by the database's clock
 */
record StoredChunk(
        long position,
        int generation,
        String step,
        int element,
        int attempt,
        long index,
        List<byte[]> items,
        boolean ends,
        Instant storedAt) {
    StoredChunk {
        items = List.copyOf(items);
    }

    /** Position of the last thing that it says. */
    long last() {
        return position + items.size() - (ends ? 0 : 1);
    }

    /** What of it lies behind a position; it must not lie before it as a whole. */
    StoredChunk after(long taken) {
        if (taken < position) {
            return this;
        }
        int known = (int) Math.min(items.size(), taken + 1 - position);
        return new StoredChunk(
                position + known,
                generation,
                step,
                element,
                attempt,
                index + known,
                items.subList(known, items.size()),
                ends,
                storedAt);
    }

    /** About how much memory it holds. */
    long bytes() {
        return items.stream()
                        .mapToLong(item -> item.length + Chunk.BYTES_BESIDE)
                        .sum()
                + 2L * Chunk.BYTES_BESIDE;
    }
}
