package dev.millrace.controlplane.shard;

import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Snapshots;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Where the shards are kept: the engine's two interfaces, and what an owner needs beside them. */
interface Storage extends AutoCloseable {
    Journal journal();

    Snapshots snapshots();

    /**
     * Renews the leases and tells the time that all instances share. For the thread that appends.
     *
     * @param epochs epoch by shard
     * @throws Journal.FencedException when a shard has another owner by now
     * @throws Journal.JournalException when it is unknown who owns them
     */
    Instant renew(Map<Integer, Long> epochs);

    /** What the stored images say that runs of a shard wait for; at least of those that are not in memory after a recovery. */
    List<Effect.Awaits> awaits(int shard);

    /** The share of the journal's room that waits to be projected, from 0 to 1. */
    double fill();

    /** Throws away what is projected and makes room for what is to come. Blocks; called now and then, by the projector's thread. */
    void tidy();

    /** Removes what is past its time. Blocks; called now and then, by a thread of its own. */
    void sweep();

    /** How many active runs are kept apart, because their rows cannot be stored. */
    int setAside();

    @Override
    void close();
}
