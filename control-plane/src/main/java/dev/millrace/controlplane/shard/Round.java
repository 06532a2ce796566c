package dev.millrace.controlplane.shard;

import dev.millrace.engine.Batch;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.ShardImage;
import java.util.ArrayList;
import java.util.List;

/**
 * What the core's thread hands to the writer's: batches of several shards that are stored together, images that may be written once
 * they are, and what is to be told to others then. Belongs to one thread at a time.
 */
final class Round {
    final List<Part> parts = new ArrayList<>();
    final List<Capture> captures = new ArrayList<>();
    /** Things to tell that rest on no batch, such as the loss of a shard. */
    final List<Runnable> notices = new ArrayList<>();

    /**
     * The batch of one shard.
     *
     * @param seq position in the journal; that of the batch before when there are no facts
     */
    record Part(OwnedShard shard, long seq, Batch batch) {
        boolean hasFacts() {
            return !batch.facts().isEmpty();
        }
    }

    /** Images as they stood at the end of a batch. */
    record Capture(OwnedShard shard, long fromSeq, long toSeq, ShardImage image, List<RunImage> runs) {}

    boolean isEmpty() {
        return parts.isEmpty() && captures.isEmpty() && notices.isEmpty();
    }
}
