package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.contract.JournalContract;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

class PostgresJournalTest extends JournalContract {
    private static final TestDatabase database = TestDatabase.create();
    private final PostgresJournal journal =
            new PostgresJournal(database.database(), UUID.randomUUID(), Duration.ofSeconds(60), 1 << 20);
    private final PostgresSnapshots snapshots =
            new PostgresSnapshots(database.database(), (tenant, version, node) -> "");

    @AfterEach
    void close() {
        snapshots.close();
        journal.close();
        database.empty();
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @Override
    protected Journal journal() {
        return journal;
    }

    @Override
    protected Snapshots snapshots() {
        return snapshots;
    }

    @Override
    protected void expire(int shard) {
        database.execute("UPDATE core.shard SET expires_at = '-infinity' WHERE shard = " + shard);
    }
}
