package dev.millrace.engine;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Images derived from the journal. The projector writes them; recovery takes them, and runs that are not in memory are read from
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
     * @param toSeq beyond {@code fromSeq}: nobody could tell whether a pass that does not move on was stored, so it would be stored twice
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

    /** A run of a tenant. */
    record RunName(TenantId tenant, RunId run) {}

    /** How many runs that may be out of memory queue in a lane. */
    record LaneCount(LaneKey lane, int runs) {}

    /**
     * Asks for the oldest runs that queue in a lane.
     *
     * @param after only younger ones than this
     * @param limit how many at most
     */
    record WindowQuery(LaneKey lane, Age after, int limit) {}

    /**
     * The oldest runs that queue in a lane, oldest first, without their history.
     *
     * @param isAll whether there are no younger ones, as far as is known: fewer came than were asked for
     */
    record Window(LaneKey lane, List<RunImage> runs, boolean isAll) {
        public Window {
            runs = List.copyOf(runs);
        }
    }

    /** When something happens to a run, and to which: the order in which runs are read back whose time comes. */
    record Wake(Instant at, RunId run) implements Comparable<Wake> {
        /** Before every other. */
        public static final Wake FIRST = new Wake(Instant.EPOCH, Age.OLDEST.run());

        @Override
        public int compareTo(Wake other) {
            int order = at.compareTo(other.at);
            return order != 0 ? order : run.compareTo(other.run);
        }
    }

    /**
     * Asks for the runs whose time has come.
     *
     * @param after only later ones than this
     * @param until only up to this instant
     * @param limit how many at most
     */
    record DueQuery(Wake after, Instant until, int limit) {}

    /**
     * Runs whose time has come, the first first, without their history.
     *
     * @param next when the time of the next one comes that is not among them
     */
    record Due(List<RunImage> runs, Optional<Instant> next) {
        public Due {
            runs = List.copyOf(runs);
        }
    }

    /**
     * Reads the runs of a shard that have to be in memory: that have not ended and have no {@link RunImage#passivity()}. In the order of
     * their ids, without their history.
     */
    void residentRuns(int shard, Consumer<RunImage> consumer);

    /** Of these runs those that have not ended, in the order of their ids, without their history. */
    void activeRuns(int shard, Collection<RunName> runs, Consumer<RunImage> consumer);

    /** How many runs wait in which lane, in no order that matters. Every run that has a {@link Passivity#lane()} counts. */
    List<LaneCount> lanes(int shard);

    /** The oldest runs of several lanes, in the order of the questions. */
    List<Window> windows(int shard, List<WindowQuery> queries);

    /** Runs whose {@link Passivity#wake()} has come. */
    Due due(int shard, DueQuery query);

    /** The newest image of a run with its whole history. */
    Optional<RunImage> run(TenantId tenant, RunId run);

    /**
     * The generations of a run before one, each as it ended, the first first, without their history: that is of the run.
     */
    List<RunImage> generations(TenantId tenant, RunId run, int before);

    /**
     * Those of the keys that are claimed, as they were claimed last. One that is free once its run has ended is told to be free since
     * its claim when the run has ended or is not there any more.
     */
    List<KeyEntry> keys(Collection<UniqueKey> keys);
}
