package dev.millrace.worker.items;

import dev.millrace.connection.Monitor;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.streams.v1.Chunk;
import dev.millrace.wire.worker.v1.AttemptRef;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What one attempt has emitted and the control plane has not stored. A chunk leaves when none of the attempt is under way; meanwhile
 * the next gathers. Safe for use by many threads.
 */
public final class AttemptItems {
    /** What may wait; then {@link #add} waits too. */
    static final int MOST_ITEMS = 1_000;

    static final int MOST_BYTES = 1 << 20;

    private static final int MOST_CHUNK_ITEMS = 500;
    private static final int MOST_CHUNK_BYTES = 256 << 10;

    private final AttemptRef attempt;
    private final ItemOutlet outlet;
    private final Monitor monitor = new Monitor();

    // All guarded by the monitor.
    private final ArrayDeque<ByteString> waiting = new ArrayDeque<>();
    private int bytes;
    /** Index of the first that waits. */
    private long first;
    /** How many of those that wait are under way; negative for no chunk. */
    private int underWay = -1;

    private boolean closed;
    /** The last chunk is to say that it is the last. */
    private boolean marks;

    private boolean marked;
    private Optional<ItemRefusal> refusal = Optional.empty();
    private final List<CompletableFuture<Optional<ItemRefusal>>> flushes = new ArrayList<>();

    /** Nothing yet. */
    public AttemptItems(AttemptRef attempt, ItemOutlet outlet) {
        this.attempt = attempt;
        this.outlet = outlet;
    }

    // ---- for the step

    /** What came of an item that was to be added. */
    sealed interface Added {
        /** It is in the buffer. */
        record Buffered() implements Added {}

        /** The buffer was full all the time. */
        record Full() implements Added {}

        /** The attempt has ended. */
        record Late() implements Added {}

        /** What was emitted before is not stored, so nothing more is. */
        record Refused(ItemRefusal why) implements Added {}
    }

    /** Adds an item, after waiting for room at most so long. Returns sooner when the thread is interrupted. */
    Added add(byte[] json, Duration limit) {
        boolean room = monitor.await(limit, () -> closed || refusal.isPresent() || hasRoom());
        var added = monitor.locked(() -> {
            if (refusal.isPresent()) {
                return new Added.Refused(refusal.get());
            }
            if (closed) {
                return new Added.Late();
            }
            if (!room || !hasRoom()) {
                return new Added.Full();
            }
            waiting.add(ByteString.copyFrom(json));
            bytes += json.length;
            return new Added.Buffered();
        });
        if (added instanceof Added.Buffered) {
            outlet.ready(this);
        }
        return added;
    }

    private boolean hasRoom() {
        return waiting.size() < MOST_ITEMS && bytes < MOST_BYTES;
    }

    /** Index that the next item would have. */
    long next() {
        return monitor.locked(() -> first + waiting.size());
    }

    // ---- for the worker

    /** Completes when all that was emitted so far is stored, or why nothing more will be. */
    public CompletableFuture<Optional<ItemRefusal>> flush() {
        return flush(() -> {});
    }

    /**
     * Takes nothing more.
     *
     * @param marks whether followers are told that the attempt emits nothing more
     * @return completes when all is stored, or why it will not be
     */
    public CompletableFuture<Optional<ItemRefusal>> end(boolean marks) {
        var flush = flush(() -> {
            closed = true;
            this.marks = marks && first + waiting.size() > 0;
        });
        outlet.ready(this);
        return flush;
    }

    /** Takes nothing more, and forgets what is not stored: nobody wants it. */
    public void abandon() {
        refused(new ItemRefusal("STALE_ATTEMPT", "The attempt was given back."));
    }

    private CompletableFuture<Optional<ItemRefusal>> flush(Runnable change) {
        var flush = new CompletableFuture<Optional<ItemRefusal>>();
        monitor.change(() -> {
            change.run();
            flushes.add(flush);
        });
        settle();
        return flush;
    }

    /** Tells who waits for everything to be stored; not under the lock. */
    private void settle() {
        record Settled(List<CompletableFuture<Optional<ItemRefusal>>> flushes, Optional<ItemRefusal> refusal) {}
        var settled = monitor.locked(() -> {
            if (refusal.isEmpty() && !isStored()) {
                return new Settled(List.of(), Optional.empty());
            }
            var all = List.copyOf(flushes);
            flushes.clear();
            return new Settled(all, refusal);
        });
        settled.flushes().forEach(flush -> flush.complete(settled.refusal()));
    }

    private boolean isStored() {
        return waiting.isEmpty() && underWay < 0 && (!marks || marked);
    }

    // ---- for the outlet

    /** The chunk that is to leave now, without its number; it is under way from here on. */
    public Optional<Chunk.Builder> take() {
        return monitor.locked(() -> {
            if (underWay >= 0 || refusal.isPresent() || waiting.isEmpty() && (!marks || marked)) {
                return Optional.empty();
            }
            var chunk = Chunk.newBuilder().setAttempt(attempt).setFirst(first);
            int size = 0;
            for (var item : waiting) {
                if (chunk.getItemsCount() == MOST_CHUNK_ITEMS
                        || size + item.size() > MOST_CHUNK_BYTES && chunk.getItemsCount() > 0) {
                    break;
                }
                size += item.size();
                chunk.addItems(item);
            }
            underWay = chunk.getItemsCount();
            return Optional.of(chunk.setEnds(marks && underWay == waiting.size()));
        });
    }

    /** The chunk that was under way is stored. @param ended whether it was the last */
    public void stored(boolean ended) {
        boolean more = monitor.locked(() -> {
            for (int i = 0; i < underWay; i++) {
                bytes -= waiting.poll().size();
                first++;
            }
            underWay = -1;
            marked |= ended;
            return !waiting.isEmpty() || marks && !marked;
        });
        if (more) {
            outlet.ready(this);
        }
        settle();
    }

    /** Whether the chunk that was under way did not arrive as far as anybody knows: it is to be sent again. */
    void again() {
        monitor.change(() -> underWay = -1);
    }

    /** Nothing of what waits will be stored. */
    void refused(ItemRefusal why) {
        monitor.change(() -> {
            refusal = refusal.or(() -> Optional.of(why));
            closed = true;
            waiting.clear();
            bytes = 0;
            underWay = -1;
        });
        settle();
    }
}
