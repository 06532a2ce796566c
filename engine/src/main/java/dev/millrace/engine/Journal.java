package dev.millrace.engine;

import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The append-only log of facts: the truth. One writer thread appends; recovery reads. Implementations block.
 */
public interface Journal {

    /**
     * One batch of one shard.
     *
     * @param epoch the owner's epoch, which fences former owners out
     * @param seq one more than the batch before
     */
    record Entry(int shard, long epoch, long seq, List<Fact> facts) {
        public Entry {
            facts = List.copyOf(facts);
        }
    }

    /**
     * What a new owner finds.
     *
     * @param epoch the epoch to append with
     * @param lastSeq the newest stored batch, 0 before the first
     */
    record Opened(int shard, long epoch, long lastSeq) {}

    /**
     * Takes a shard over: from its return on no other owner can append.
     *
     * @throws JournalException when the shard is held by somebody whose lease has not run out, or the store cannot be reached
     */
    Opened open(int shard, UUID owner);

    /**
     * Stores the batches, all or none, together with the unique keys that their {@link Fact.KeyClaimed} facts claim. At
     * most one entry per shard.
     *
     * @throws FencedException when a shard has another owner by now: nothing was stored
     * @throws JournalException when the outcome is unknown: the caller must drop its memory and open the shards again
     */
    void append(List<Entry> entries);

    /** Reads the batches of a shard after a position, in order. */
    void read(int shard, long afterSeq, Consumer<Entry> consumer);

    /** Gives a shard up in good order, so that the next owner need not wait for the lease. */
    void release(int shard, long epoch);

    /** The outcome of an operation on the journal is a failure or unknown. */
    class JournalException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public JournalException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Another owner has taken the shard. */
    final class FencedException extends JournalException {
        private static final long serialVersionUID = 1L;
        private final int shard;

        public FencedException(int shard, String message) {
            super(message, null);
            this.shard = shard;
        }

        public int shard() {
            return shard;
        }
    }
}
