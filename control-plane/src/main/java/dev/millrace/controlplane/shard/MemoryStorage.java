package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.shard.postgres.PostgresAnalytics;
import dev.millrace.controlplane.shard.postgres.StepNames;
import dev.millrace.controlplane.store.Database;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.UniqueKey;
import dev.millrace.engine.memory.InMemoryJournal;
import dev.millrace.engine.memory.InMemorySnapshots;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Journal and images in memory; lists still come from the throw-away database, so every pass writes its rows there. */
final class MemoryStorage implements Storage {
    private final InMemoryJournal journal = new InMemoryJournal();
    private final ListedSnapshots snapshots;

    MemoryStorage(Database database, StepNames names) {
        this.snapshots = new ListedSnapshots(new InMemorySnapshots(journal), new PostgresAnalytics(database, names));
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public Snapshots snapshots() {
        return snapshots;
    }

    /** Nobody else can own what is in this memory. */
    @Override
    public Instant renew(Map<Integer, Long> epochs) {
        return Instant.now();
    }

    /** What is out of memory here has been told of before: nothing is ever recovered. */
    @Override
    public List<Effect.Awaits> awaits(int shard) {
        return List.of();
    }

    @Override
    public double fill() {
        return 0;
    }

    @Override
    public void tidy() {}

    /** Memory is kept for as long as the process lives. */
    @Override
    public void sweep() {}

    @Override
    public int setAside() {
        return snapshots.analytics.setAside();
    }

    @Override
    public void close() {
        snapshots.analytics.close();
    }

    private record ListedSnapshots(InMemorySnapshots images, PostgresAnalytics analytics) implements Snapshots {
        @Override
        public Position open(int shard, long epoch) {
            analytics.open(shard, epoch);
            return images.open(shard, epoch);
        }

        @Override
        public void project(Projection projection) {
            analytics.project(projection);
            images.project(projection);
        }

        @Override
        public void residentRuns(int shard, Consumer<RunImage> consumer) {
            images.residentRuns(shard, consumer);
        }

        @Override
        public void activeRuns(int shard, Collection<RunName> runs, Consumer<RunImage> consumer) {
            images.activeRuns(shard, runs, consumer);
        }

        @Override
        public List<LaneCount> lanes(int shard) {
            return images.lanes(shard);
        }

        @Override
        public List<Window> windows(int shard, List<WindowQuery> queries) {
            return images.windows(shard, queries);
        }

        @Override
        public Due due(int shard, DueQuery query) {
            return images.due(shard, query);
        }

        @Override
        public Optional<RunImage> run(TenantId tenant, RunId run) {
            return images.run(tenant, run);
        }

        @Override
        public List<RunImage> generations(TenantId tenant, RunId run, int before) {
            return images.generations(tenant, run, before);
        }

        @Override
        public List<KeyEntry> keys(Collection<UniqueKey> keys) {
            return images.keys(keys);
        }
    }
}
