package dev.millrace.controlplane.shard;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Shard;
import java.time.Instant;
import java.util.Optional;

/**
 * One shard for as long as this instance owns it under one epoch. Once lost it stays lost: what was decided in it and is not stored
 * is void, and a new one is recovered in its place. Fields belong to the core's thread but for {@link #lost}.
 */
final class OwnedShard {
    final int number;
    final long epoch;
    final Shard core;

    /** The newest batch that was handed over to be stored. */
    long seq;
    /** The batch that is being filled, if anything was decided since the last one was handed over. */
    Optional<Batch> open = Optional.empty();

    Optional<Instant> timer = Optional.empty();

    /** Everything up to here is projected. */
    long projectedSeq;
    /** Facts that no image of a pass contains yet. */
    int changes;
    /** Facts in the pass that is under way; 0 when there is none. */
    int changesInPass;

    boolean projecting;
    long capturedAt;

    /** Set by whoever learns that the shard is no longer ours; never taken back. */
    volatile boolean lost;

    OwnedShard(int number, long epoch, long seq, long projectedSeq, Shard core) {
        this.number = number;
        this.epoch = epoch;
        this.seq = seq;
        this.projectedSeq = projectedSeq;
        this.core = core;
    }

    /** Facts that are not projected yet. */
    int lag() {
        return changes + changesInPass;
    }

    @Override
    public String toString() {
        return "shard " + number + " under epoch " + epoch;
    }
}
