package dev.millrace.engine;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Images derived from the journal. The projector writes them; recovery and reads of runs that are no longer in memory take
 * them. Implementations block and are safe for use by several threads.
 */
public interface Snapshots {

    /**
     * How far a shard has been projected.
     *
     * @param seq every fact up to this batch of the journal is contained in the images
     */
    record Position(long epoch, long seq, ShardImage shard) {}

    /**
     * One pass of the projector.
     *
     * @param fromSeq the position that the pass starts from; a pass whose start is not the stored position is refused
     * @param runs the newest image of every run that changed between the two positions
     */
    record Projection(int shard, long epoch, long fromSeq, long toSeq, ShardImage image, List<RunImage> runs) {
        public Projection {
            runs = List.copyOf(runs);
        }
    }

    /** Takes a shard's projection over, waiting out a pass that is under way, and says how far it is. */
    Position open(int shard, long epoch);

    /**
     * Writes the images and the new position in one step: exactly once.
     *
     * @throws Journal.FencedException when the epoch or the start is not the stored one: nothing was written
     */
    void project(Projection projection);

    /** Reads the images of all runs of a shard that have not ended, in the order of their ids. Their history is empty. */
    void activeRuns(int shard, Consumer<RunImage> consumer);

    /** The newest image of a run with its whole history. */
    Optional<RunImage> run(TenantId tenant, RunId run);

    /** Those of the keys that are claimed. */
    List<KeyEntry> keys(Collection<UniqueKey> keys);
}
