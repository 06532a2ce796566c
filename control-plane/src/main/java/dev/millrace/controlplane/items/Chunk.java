package dev.millrace.controlplane.items;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.RunId;
import java.util.List;

/**
 * Items that an attempt emitted one after the other, as they are to be stored.
 *
 * @param step name of the attempt's step
 * @param first index of the first item within the attempt, from 0
 * @param items JSON that was checked
 * @param ends whether the attempt emits nothing more
 */
record Chunk(AttemptRef attempt, String step, long first, List<byte[]> items, boolean ends) {
    /** What an item counts beside its JSON, so that many small ones are bounded too. */
    static final int BYTES_BESIDE = 32;

    Chunk {
        items = List.copyOf(items);
    }

    RunId run() {
        return attempt.run();
    }

    /** The task that it is of. */
    Source source() {
        return new Source(attempt.run(), attempt.generation(), step, attempt.element());
    }

    /** Index of the item after the last. */
    long next() {
        return first + items.size();
    }

    /** How many positions it takes. */
    int positions() {
        return items.size() + (ends ? 1 : 0);
    }

    /** What its items count, for limits. */
    long bytes() {
        return items.stream().mapToLong(item -> item.length + BYTES_BESIDE).sum();
    }

    /** The part from an index on. */
    Chunk from(long index) {
        return index <= first
                ? this
                : new Chunk(attempt, step, index, items.subList((int) (index - first), items.size()), ends);
    }

    /** A task of a run. */
    record Source(RunId run, int generation, String step, int element) {}
}
