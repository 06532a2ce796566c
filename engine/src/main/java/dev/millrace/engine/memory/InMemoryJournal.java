package dev.millrace.engine.memory;

import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.UniqueKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A journal that lives as long as its process. Whoever opens a shard last owns it: there are no leases to wait for, because
 * an owner in the same process cannot be out of reach. Batches that {@link InMemorySnapshots} has projected are dropped.
 * Safe for use by several threads.
 */
public final class InMemoryJournal implements Journal {

    private static final class Log {
        long epoch;
        long lastSeq;
        long droppedSeq;
        final ArrayDeque<Entry> entries = new ArrayDeque<>();
    }

    private final Map<Integer, Log> logs = new HashMap<>();
    private final Map<UniqueKey, KeyEntry> keys = new HashMap<>();

    @Override
    public synchronized Opened open(int shard, UUID owner) {
        var log = log(shard);
        log.epoch++;
        return new Opened(shard, log.epoch, log.lastSeq);
    }

    @Override
    public synchronized void append(List<Entry> entries) {
        check(entries);
        for (var entry : entries) {
            var log = log(entry.shard());
            log.entries.add(entry);
            log.lastSeq = entry.seq();
            for (var fact : entry.facts()) {
                if (fact instanceof Fact.KeyClaimed claimed) {
                    keys.merge(
                            claimed.entry().key(),
                            claimed.entry(),
                            (before, now) -> now.claim() > before.claim() ? now : before);
                }
            }
        }
    }

    private void check(List<Entry> entries) {
        var shards = new HashSet<Integer>();
        for (var entry : entries) {
            var log = log(entry.shard());
            if (!shards.add(entry.shard())) {
                throw new JournalException(
                        "Nothing was stored: shard " + entry.shard()
                                + " has two batches in one append, but may have one.",
                        null);
            }
            if (log.epoch != entry.epoch()) {
                throw new FencedException(
                        entry.shard(),
                        "Nothing was stored: shard " + entry.shard() + " is at epoch " + log.epoch
                                + ", but the batch came from" + " epoch " + entry.epoch()
                                + ". Its owner must forget the shard.");
            }
            if (entry.seq() != log.lastSeq + 1) {
                throw new JournalException(
                        "Nothing was stored: the next batch of shard " + entry.shard() + " is " + (log.lastSeq + 1)
                                + ", but the batch says " + entry.seq() + ".",
                        null);
            }
        }
    }

    @Override
    public void read(int shard, long afterSeq, Consumer<Entry> consumer) {
        tail(shard, afterSeq).forEach(consumer);
    }

    private synchronized List<Entry> tail(int shard, long afterSeq) {
        var log = log(shard);
        if (afterSeq < log.droppedSeq) {
            throw new JournalException(
                    "Shard " + shard + " cannot be read after batch " + afterSeq + ", because everything up to batch "
                            + log.droppedSeq + " has been projected and dropped.",
                    null);
        }
        var tail = new ArrayList<Entry>();
        for (var entry : log.entries) {
            if (entry.seq() > afterSeq) {
                tail.add(entry);
            }
        }
        return tail;
    }

    /** Without leases there is nothing to give up; the next owner opens at once. */
    @Override
    public void release(int shard, long epoch) {}

    /** Drops what has been projected. */
    synchronized void drop(int shard, long upToSeq) {
        var log = log(shard);
        while (!log.entries.isEmpty() && log.entries.peek().seq() <= upToSeq) {
            log.entries.remove();
        }
        log.droppedSeq = Math.max(log.droppedSeq, upToSeq);
    }

    synchronized List<KeyEntry> keys(Collection<UniqueKey> wanted) {
        var found = new ArrayList<KeyEntry>();
        for (var key : wanted) {
            var entry = keys.get(key);
            if (entry != null) {
                found.add(entry);
            }
        }
        return found;
    }

    private Log log(int shard) {
        return logs.computeIfAbsent(shard, number -> new Log());
    }
}
