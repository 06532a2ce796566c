package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.store.Database;
import dev.millrace.engine.Snapshots.Projection;
import java.util.List;

/** Writes what lists are made of and nothing else, with a position of its own: for a server that keeps its runs in memory. */
public final class PostgresAnalytics implements AutoCloseable {
    private final Passes passes;

    public PostgresAnalytics(Database database, StepNames names) {
        this.passes = new Passes(database, List.of(new AnalyticsRows(names)));
    }

    /** Takes the rows of a shard over. */
    public void open(int shard, long epoch) {
        passes.open(shard, epoch);
    }

    /** Writes one pass, exactly once. */
    public void project(Projection projection) {
        passes.project(projection);
    }

    /** How many active runs have no rows, because they cannot be stored. */
    public int setAside() {
        return passes.setAside();
    }

    @Override
    public void close() {
        passes.close();
    }
}
