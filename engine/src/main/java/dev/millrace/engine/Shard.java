package dev.millrace.engine;

import dev.millrace.engine.core.Core;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * The core: a fixed share of the tenants, with everything that is live of their runs in memory. Single-threaded.
 *
 * <p>Life of a shard: {@code new}, {@link Command.DefineVersion}s, {@link #queued}, {@link #restore} of the runs that have to be in memory and of those that the journal's tail names,
 * {@link #replay} of the tail, {@link #recovered}; from then on {@link #handle}.
 */
public final class Shard {
    private final int number;
    private final Core core;

    public Shard(int number, ShardSettings settings) {
        this.number = number;
        this.core = new Core(settings);
    }

    /** Its number among the shards. */
    public int number() {
        return number;
    }

    /** Puts back what was projected beside the runs. */
    public void restore(ShardImage image) {
        core.restore(image);
    }

    /** Says how many runs queue in which lanes, none of which is in memory. Before any of them is restored. */
    public void queued(List<Snapshots.LaneCount> lanes) {
        core.queued(lanes);
    }

    /** Puts an active run back into memory; nothing happens if it is there. */
    public void restore(RunImage image) {
        core.restore(image);
    }

    /** Brings back all that is stored, but for {@link #recovered}: the images at a position, and the journal's tail after it. Blocks. */
    public void recover(Snapshots.Position position, Snapshots snapshots, Journal journal) {
        restore(position.shard());
        queued(snapshots.lanes(number));
        snapshots.residentRuns(number, this::restore);
        var named = new LinkedHashSet<Snapshots.RunName>();
        journal.read(number, position.seq(), entry -> named.addAll(runsOf(entry.facts())));
        snapshots.activeRuns(number, named, this::restore);
        journal.read(number, position.seq(), entry -> entry.facts().forEach(this::replay));
    }

    /** The runs that must be in memory before these facts of the journal's tail are applied, if they are active. */
    public static List<Snapshots.RunName> runsOf(List<Fact> facts) {
        var named = new ArrayList<Snapshots.RunName>();
        for (var fact : facts) {
            if (fact instanceof Fact.OfRun ofRun && !(fact instanceof Fact.RunStarted)) {
                named.add(new Snapshots.RunName(ofRun.tenant(), ofRun.run()));
            }
        }
        return named;
    }

    /** Applies a fact of the journal's tail. */
    public void replay(Fact fact) {
        core.replay(fact);
    }

    /** Ends the recovery: from here the attempts that were live have the grace period to be claimed by their workers. */
    public void recovered(Instant now) {
        core.recovered(now);
    }

    /**
     * What the edge is to bring to the runs in memory; those that wait for nothing are named too. Of the others the stored images say it.
     * After {@link #recovered}, before the first command.
     */
    public List<Effect.Awaits> awaits() {
        return core.awaits();
    }

    /** Decides a command. */
    public void handle(Command command, Instant now, Batch batch) {
        core.handle(command, now, batch);
    }

    /** When the next timer is due, so that the shell can send a {@link Command.Tick} then. */
    public Optional<Instant> nextTimer() {
        return core.nextTimer();
    }

    /**
     * The images of all runs that changed since the last call. The caller projects them, together with {@link #image()}, once
     * the batch that holds the last fact decided is stored, then calls {@link #projected()}, and only then captures again.
     * Runs that have ended stay readable in memory until then.
     */
    public List<RunImage> capture() {
        return core.capture();
    }

    /** The images of the last capture are stored: those of them that have ended are forgotten. */
    public void projected() {
        core.projected();
    }

    /** What the shard remembers beside its runs, as of now. */
    public ShardImage image() {
        return core.image();
    }

    /** So many shards share the room for ready tasks from now on. */
    public void shareRoom(int shards) {
        core.shareRoom(shards);
    }

    /** What of the runs is in memory. */
    public Residents residents() {
        return core.residents();
    }

    /** How many runs are in memory. */
    public int residentRuns() {
        return core.residentRuns();
    }
}
