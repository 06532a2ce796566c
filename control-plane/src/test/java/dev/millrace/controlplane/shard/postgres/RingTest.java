package dev.millrace.controlplane.shard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal.Entry;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots.Projection;
import dev.millrace.engine.contract.Examples;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The tables of the journal: how bodies lie in them, when the next one is taken and when one is emptied. */
class RingTest {
    private static final int TABLE_BYTES = 20_000;

    private final TestDatabase database = TestDatabase.create();
    private final UUID instance = UUID.randomUUID();
    private final PostgresJournal journal =
            new PostgresJournal(database.database(), instance, Duration.ofMinutes(1), TABLE_BYTES);
    private final PostgresSnapshots snapshots =
            new PostgresSnapshots(database.database(), (tenant, version, node) -> "");

    @AfterEach
    void close() {
        snapshots.close();
        journal.close();
        database.close();
    }

    @Test
    void noPartIsLargerThanItsPageTakes() {
        long epoch = journal.open(0, instance).epoch();
        journal.append(List.of(entry(0, epoch, 1, 100_000)));
        assertThat(database.number("SELECT count(*) FROM core.journal_0")).isEqualTo(13);
        assertThat(database.number("SELECT max(octet_length(body)) FROM core.journal_0"))
                .isEqualTo(JournalCommit.PART_BYTES);
        assertThat(database.number("SELECT count(DISTINCT (ctid::text::point)[0]) FROM core.journal_0"))
                .as("a page for each")
                .isEqualTo(13);
        assertThat(read(0, 0))
                .singleElement()
                .satisfies(entry -> assertThat(entry.facts())
                        .isEqualTo(entry(0, epoch, 1, 100_000).facts()));
    }

    @Test
    void aFullTableIsFollowedByTheNextOne() {
        long epoch = journal.open(0, instance).epoch();
        for (int seq = 1; seq <= 4; seq++) {
            journal.append(List.of(entry(0, epoch, seq, TABLE_BYTES / 2)));
        }
        assertThat(rowsOf(0)).isPositive();
        assertThat(rowsOf(1)).isPositive();
        assertThat(read(0, 0)).extracting(Entry::seq).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void aTableIsKeptUntilEveryShardInItIsProjectedPastIt() {
        long zero = journal.open(0, instance).epoch();
        long one = journal.open(1, instance).epoch();
        snapshots.open(0, zero);
        snapshots.open(1, one);
        journal.append(List.of(entry(0, zero, 1, TABLE_BYTES), entry(1, one, 1, 100)));
        journal.append(List.of(entry(0, zero, 2, 100), entry(1, one, 2, 100)));

        snapshots.project(projection(0, zero, 0, 2));
        journal.truncate();
        assertThat(rowsOf(0)).as("shard 1 needs it").isPositive();
        assertThat(read(1, 0)).hasSize(2);

        snapshots.project(projection(1, one, 0, 1));
        journal.truncate();
        assertThat(rowsOf(0)).isZero();
        assertThat(rowsOf(1)).as("the current one stays").isPositive();
        assertThat(read(1, 1)).extracting(Entry::seq).containsExactly(2L);
    }

    @Test
    void theRingGoesRoundAndNothingIsLost() {
        long epoch = journal.open(0, instance).epoch();
        snapshots.open(0, epoch);
        long projected = 0;
        for (int seq = 1; seq <= 100; seq++) {
            journal.append(List.of(entry(0, epoch, seq, TABLE_BYTES / 3)));
            if (seq % 7 == 0) {
                snapshots.project(projection(0, epoch, projected, seq));
                projected = seq;
                journal.truncate();
            }
        }
        var expected = new ArrayList<Long>();
        for (long seq = projected + 1; seq <= 100; seq++) {
            expected.add(seq);
        }
        assertThat(read(0, projected)).extracting(Entry::seq).containsExactlyElementsOf(expected);
        assertThat(journal.fill()).isLessThan(0.6);
    }

    @Test
    void aShardThatIsNotProjectedDoesNotFillTheRingWithTheRowsOfOthers() {
        long zero = journal.open(0, instance).epoch();
        long slow = journal.open(1, instance).epoch();
        snapshots.open(0, zero);
        for (int seq = 1; seq <= 5 * JournalRing.TABLES; seq++) {
            journal.append(List.of(entry(0, zero, seq, TABLE_BYTES), entry(1, slow, seq, 10)));
            snapshots.project(projection(0, zero, seq - 1, seq));
            journal.truncate();
        }
        assertThat(journal.fill()).isLessThan(0.85);
        assertThat(read(1, 0)).hasSize(5 * JournalRing.TABLES);
        assertThat(read(0, 5 * JournalRing.TABLES)).isEmpty();

        snapshots.open(1, slow);
        snapshots.project(projection(1, slow, 0, 5 * JournalRing.TABLES));
        journal.truncate();
        assertThat(journal.fill()).isLessThanOrEqualTo(1.0 / JournalRing.TABLES);
    }

    @Test
    void aRingThatIsFullGrowsInsteadOfOverwriting() {
        long epoch = journal.open(0, instance).epoch();
        for (int seq = 1; seq <= 3 * JournalRing.TABLES; seq++) {
            journal.append(List.of(entry(0, epoch, seq, TABLE_BYTES)));
        }
        journal.truncate();
        assertThat(journal.fill()).isEqualTo(1.0);
        assertThat(read(0, 0)).hasSize(3 * JournalRing.TABLES);
    }

    @Test
    void everyInstanceThatWritesHasARingOfItsOwnAndReadsThemAll() {
        long zero = journal.open(0, instance).epoch();
        journal.append(List.of(entry(0, zero, 1, 100)));
        var otherInstance = UUID.randomUUID();
        try (var otherDatabase = database.anotherInstance();
                var other = new PostgresJournal(otherDatabase, otherInstance, Duration.ofMinutes(1), TABLE_BYTES)) {
            long one = other.open(1, otherInstance).epoch();
            other.append(List.of(entry(1, one, 1, 100)));
            assertThat(database.number("SELECT count(*) FROM core.ring WHERE owner IS NOT NULL"))
                    .isEqualTo(2);
            assertThat(database.number("SELECT count(*) FROM core.journal_8")).isEqualTo(1);

            other.release(1, one);
            long again = journal.open(1, instance).epoch();
            journal.append(List.of(entry(1, again, 2, 100)));
            assertThat(read(1, 0)).extracting(Entry::seq).containsExactly(1L, 2L);
        }
    }

    @Test
    void theRingOfAnInstanceThatIsGoneIsTakenOverWithWhatIsInIt() {
        long epoch = journal.open(0, instance).epoch();
        journal.append(List.of(entry(0, epoch, 1, 100)));
        journal.close();
        var next = UUID.randomUUID();
        try (var heir = new PostgresJournal(database.database(), next, Duration.ofMinutes(1), TABLE_BYTES)) {
            database.execute("UPDATE core.shard SET expires_at = '-infinity'");
            var opened = heir.open(0, next);
            heir.append(List.of(entry(0, opened.epoch(), 2, 100)));
            assertThat(database.number("SELECT count(*) FROM core.ring")).isEqualTo(1);
            assertThat(rowsOf(0)).as("still to be projected").isEqualTo(1);
            assertThat(rowsOf(1)).isEqualTo(1);
            assertThat(read(0, 0)).extracting(Entry::seq).containsExactly(1L, 2L);
        }
    }

    @Test
    void aJournalThatLacksABatchIsNotReadOver() {
        long epoch = journal.open(0, instance).epoch();
        for (int seq = 1; seq <= 3; seq++) {
            journal.append(List.of(entry(0, epoch, seq, 100)));
        }
        database.execute("DELETE FROM core.journal_0 WHERE seq = 2");
        assertThatThrownBy(() -> read(0, 0))
                .hasMessageContaining("lacks batch 2")
                .hasMessageContaining("backup");
    }

    @Test
    void aCommitThatTheDatabaseRefusesLeavesNothingAndTheConnectionGoesOn() {
        long zero = journal.open(0, instance).epoch();
        long one = journal.open(1, instance).epoch();
        var tooLong = Examples.claim(Examples.TENANT, "request", "x".repeat(1 << 20), Examples.run(1));
        assertThatThrownBy(
                        () -> journal.append(List.of(new Entry(0, zero, 1, List.of(tooLong)), entry(1, one, 1, 100))))
                .isInstanceOf(PostgresJournal.RefusedException.class);
        assertThat(read(0, 0)).isEmpty();
        assertThat(read(1, 0)).isEmpty();
        journal.append(List.of(entry(1, one, 1, 100)));
        assertThat(read(1, 0)).hasSize(1);
    }

    private long rowsOf(int table) {
        return database.number("SELECT count(*) FROM core.journal_" + table);
    }

    private List<Entry> read(int shard, long afterSeq) {
        var entries = new ArrayList<Entry>();
        journal.read(shard, afterSeq, entries::add);
        return entries;
    }

    private static Projection projection(int shard, long epoch, long from, long to) {
        return new Projection(shard, epoch, from, to, ShardImage.EMPTY, List.of());
    }

    private static Entry entry(int shard, long epoch, long seq, int bytes) {
        return new Entry(
                shard,
                epoch,
                seq,
                List.of(new Fact.RunStarted(
                        Examples.TENANT,
                        Examples.AT,
                        Examples.run((int) seq),
                        1,
                        Examples.VERSION,
                        Payload.inline(new byte[bytes]),
                        "",
                        Priority.NORMAL,
                        Map.of(),
                        Examples.AT)));
    }
}
