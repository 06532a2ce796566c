package dev.millrace.engine;

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

    public Shard(int number, ShardSettings settings) {
        throw new UnsupportedOperationException();
    }

    /** Puts back what was projected beside the runs. */
    public void restore(ShardImage image) {
        throw new UnsupportedOperationException();
    }

    /** Puts an active run back into memory. */
    public void restore(RunImage image) {
        throw new UnsupportedOperationException();
    }

    /** Applies a fact of the journal's tail. */
    public void replay(Fact fact) {
        throw new UnsupportedOperationException();
    }

    /** Ends the recovery: from here the attempts that were live have the grace period to be claimed by their workers. */
    public void recovered(Instant now) {
        throw new UnsupportedOperationException();
    }

    /** Decides a command. */
    public void handle(Command command, Instant now, Batch batch) {
        throw new UnsupportedOperationException();
    }

    /** When the next timer is due, so that the shell can send a {@link Command.Tick} then. */
    public Optional<Instant> nextTimer() {
        throw new UnsupportedOperationException();
    }

    /**
     * The images of all runs that changed since the last call. The caller projects them, together with {@link #image()}, once
     * the batch that holds the last fact decided is stored, then calls {@link #projected()}, and only then captures again.
     * Runs that have ended stay readable in memory until then.
     */
    public List<RunImage> capture() {
        throw new UnsupportedOperationException();
    }

    /** The images of the last capture are stored: those of them that have ended are forgotten. */
    public void projected() {
        throw new UnsupportedOperationException();
    }

    /** What the shard remembers beside its runs, as of now. */
    public ShardImage image() {
        throw new UnsupportedOperationException();
    }

    /** How many runs are in memory. */
    public int residentRuns() {
        throw new UnsupportedOperationException();
    }
}
