package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.shard.postgres.PostgresJournal;
import dev.millrace.controlplane.shard.postgres.PostgresSnapshots;
import dev.millrace.controlplane.shard.postgres.Retention;
import dev.millrace.controlplane.shard.postgres.StepNames;
import dev.millrace.controlplane.store.Database;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Snapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Journal and images on PostgreSQL. */
final class PostgresStorage implements Storage {
    private static final Duration BETWEEN_PARTITIONS = Duration.ofHours(1);

    private final PostgresJournal journal;
    private final PostgresSnapshots snapshots;
    private final Retention retention;
    private long partitionsAt = System.nanoTime() - BETWEEN_PARTITIONS.toNanos();

    PostgresStorage(Database database, UUID instance, Settings settings, StepNames names) {
        this.journal = new PostgresJournal(
                database,
                instance,
                settings.engine().leaseTime(),
                settings.engine().journalTable());
        this.snapshots = new PostgresSnapshots(database, names);
        this.retention = new Retention(database, settings.retention());
    }

    @Override
    public Journal journal() {
        return journal;
    }

    @Override
    public Snapshots snapshots() {
        return snapshots;
    }

    @Override
    public Instant renew(Map<Integer, Long> epochs) {
        return journal.renew(epochs);
    }

    @Override
    public List<Effect.Awaits> awaits(int shard) {
        return snapshots.awaits(shard);
    }

    @Override
    public double fill() {
        return journal.fill();
    }

    @Override
    public void tidy() {
        if (System.nanoTime() - partitionsAt >= BETWEEN_PARTITIONS.toNanos()) {
            snapshots.addDays();
            partitionsAt = System.nanoTime();
        }
        journal.truncate();
    }

    @Override
    public void sweep() {
        retention.sweep();
    }

    @Override
    public int setAside() {
        return snapshots.setAside();
    }

    @Override
    public void close() {
        snapshots.close();
        journal.close();
    }
}
