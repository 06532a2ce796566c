package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.store.Database;
import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.contract.RandomOperationsContract;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;

/** The same histories as in memory, on a real database behind connections that break. */
class PostgresRandomOperationsTest extends RandomOperationsContract {
    private static final TestDatabase database = TestDatabase.create();
    /** Longer than most requests of a pass, so that some break in the middle and some not at all. */
    private static final int REQUEST_BYTES = 4_000;
    /** About as long as the reply to a commit. */
    private static final int REPLY_BYTES = 150;
    /** Small, so that the ring of tables turns. */
    private static final int TABLE_BYTES = 4_096;

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @Override
    protected Store empty() {
        database.empty();
        return new Postgres();
    }

    @Override
    protected LongStream seeds() {
        return LongStream.range(0, Long.getLong("millrace.store.seeds", 12));
    }

    private static final class Postgres implements Store {
        private final BreakingProxy proxy = new BreakingProxy(database.port());
        private Database connections;
        private PostgresJournal journal;
        private PostgresSnapshots snapshots;

        Postgres() {
            begin();
        }

        private void begin() {
            connections = database.through(proxy.port());
            journal = new PostgresJournal(connections, UUID.randomUUID(), Duration.ofSeconds(60), TABLE_BYTES);
            snapshots = new PostgresSnapshots(connections, (tenant, version, node) -> "step-" + node);
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
        public void expire(int shard) {
            database.execute("UPDATE core.shard SET expires_at = '-infinity' WHERE shard = " + shard);
        }

        @Override
        public void restart() {
            proxy.cutAll();
            end();
            begin();
        }

        @Override
        public void tidy() {
            journal.truncate();
        }

        @Override
        public void arm(Fault fault, double place, int times) {
            long bytes = switch (fault) {
                case CUT_REQUEST -> (long) (place * REQUEST_BYTES);
                case LOST_REPLY -> (long) (place * REPLY_BYTES);
            };
            proxy.arm(fault, bytes, times);
        }

        @Override
        public void disarm() {
            proxy.disarm();
        }

        private void end() {
            snapshots.close();
            journal.close();
            connections.close();
        }

        @Override
        public void close() {
            end();
            proxy.close();
        }
    }
}
