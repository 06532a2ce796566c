package dev.millrace.engine;

import dev.millrace.engine.core.Core;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The core: a fixed share of the tenants, with everything that is live of their runs in memory. Single-threaded.
 *
 * <p>Life of a shard: {@code new}, {@link Command.DefineVersion}s, {@link #restore} of the stored images, {@link #replay} of
 * the journal's tail, {@link #recovered}; from then on {@link #handle}.
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

    /** Puts an active run back into memory. */
    public void restore(RunImage image) {
        core.restore(image);
    }

    /** Applies a fact of the journal's tail. */
    public void replay(Fact fact) {
        core.replay(fact);
    }

    /** Ends the recovery: from here the attempts that were live have the grace period to be claimed by their workers. */
    public void recovered(Instant now) {
        core.recovered(now);
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

    /** How many runs are in memory. */
    public int residentRuns() {
        return core.residentRuns();
    }
}
