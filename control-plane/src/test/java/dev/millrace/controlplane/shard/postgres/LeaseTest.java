package dev.millrace.controlplane.shard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.controlplane.store.Database;
import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal.Entry;
import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.contract.Examples;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who owns a shard, when two instances want it. */
class LeaseTest {
    private static final TestDatabase DATABASE = TestDatabase.create();

    private final UUID alice = UUID.randomUUID();
    private final UUID bob = UUID.randomUUID();
    private final Database otherDatabase = DATABASE.anotherInstance();
    private final PostgresJournal first = journal(DATABASE.database(), alice, Duration.ofMinutes(1));
    private final PostgresJournal second = journal(otherDatabase, bob, Duration.ofMinutes(1));

    @AfterEach
    void close() {
        first.close();
        second.close();
        otherDatabase.close();
        DATABASE.empty();
    }

    @AfterAll
    static void closeDatabase() {
        DATABASE.close();
    }

    private static PostgresJournal journal(Database database, UUID instance, Duration lease) {
        return new PostgresJournal(database, instance, lease, 1 << 20);
    }

    @Test
    void aShardWhoseOwnerLivesIsNotTakenOver() {
        long epoch = first.open(0, alice).epoch();
        assertThatThrownBy(() -> second.open(0, bob))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("another instance holds it");
        first.append(List.of(entry(epoch, 1)));
    }

    @Test
    void aShardWhoseOwnersConnectionIsGoneIsTakenBeforeItsLeaseEnds() {
        long epoch = first.open(0, alice).epoch();
        first.append(List.of(entry(epoch, 1)));
        killWriters();
        var opened = await().atMost(Duration.ofSeconds(10))
                .ignoreExceptionsInstanceOf(JournalException.class)
                .until(() -> second.open(0, bob), any -> true);
        assertThat(opened.lastSeq()).isEqualTo(1);
    }

    @Test
    void aShardWhoseLeaseHasEndedIsTakenAlthoughItsOwnerLives() {
        long epoch = first.open(0, alice).epoch();
        DATABASE.execute("UPDATE core.shard SET expires_at = clock_timestamp() - interval '1 ms'");
        var opened = second.open(0, bob);
        assertThat(opened.epoch()).isGreaterThan(epoch);
        assertThatThrownBy(() -> first.append(List.of(entry(epoch, 1)))).isInstanceOf(FencedException.class);
        second.append(List.of(entry(opened.epoch(), 1)));
    }

    @Test
    void aCommitRenewsTheLease() {
        long epoch = first.open(0, alice).epoch();
        DATABASE.execute("UPDATE core.shard SET expires_at = clock_timestamp() - interval '1 ms'");
        first.append(List.of(entry(epoch, 1)));
        assertThatThrownBy(() -> second.open(0, bob)).hasMessageContaining("another instance holds it");
    }

    @Test
    void aRenewalRenewsTheLeaseAndTellsTheTimeOfTheDatabase() {
        long epoch = first.open(0, alice).epoch();
        DATABASE.execute("UPDATE core.shard SET expires_at = clock_timestamp() - interval '1 ms'");
        assertThat(first.renew(Map.of(0, epoch)))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        assertThatThrownBy(() -> second.open(0, bob)).hasMessageContaining("another instance holds it");
    }

    @Test
    void aRenewalTellsAFormerOwnerThatItIsOne() {
        long zero = first.open(0, alice).epoch();
        long one = first.open(1, alice).epoch();
        DATABASE.execute("UPDATE core.shard SET expires_at = '-infinity' WHERE shard = 1");
        second.open(1, bob);
        assertThatThrownBy(() -> first.renew(Map.of(0, zero, 1, one)))
                .isInstanceOfSatisfying(
                        FencedException.class,
                        fenced -> assertThat(fenced.shard()).isEqualTo(1));
    }

    @Test
    void ofTwoThatTakeAShardAtTheSameTimeOneIsFenced() {
        first.open(0, alice);
        var opened = new ArrayList<Long>();
        for (int turn = 0; turn < 20; turn++) {
            DATABASE.execute("UPDATE core.shard SET expires_at = '-infinity'");
            var journal = turn % 2 == 0 ? second : first;
            opened.add(journal.open(0, turn % 2 == 0 ? bob : alice).epoch());
        }
        assertThat(opened).isSorted().doesNotHaveDuplicates();
        long last = opened.get(opened.size() - 1);
        assertThatThrownBy(() -> second.append(List.of(entry(last - 1, 1)))).isInstanceOf(FencedException.class);
        first.append(List.of(entry(last, 1)));
    }

    @Test
    void aCommitThatIsUnderWayIsContainedInWhatTheNextOwnerFinds() throws Exception {
        long epoch = first.open(0, alice).epoch();
        first.append(List.of(entry(epoch, 1)));
        try (var holder = DATABASE.database().owner().getConnection()) {
            // Whoever commits now waits here, and so does whoever takes the shard over after it.
            holder.setAutoCommit(false);
            holder.createStatement().execute("SELECT FROM core.shard WHERE shard = 0 FOR UPDATE");
            var commit = CompletableFuture.runAsync(() -> first.append(List.of(entry(epoch, 2))));
            waitUntilBlocked(1);
            var takeover = CompletableFuture.supplyAsync(() -> first.open(0, alice));
            waitUntilBlocked(2);
            holder.commit();
            commit.get(10, TimeUnit.SECONDS);
            assertThat(takeover.get(10, TimeUnit.SECONDS).lastSeq()).isEqualTo(2);
        }
    }

    @Test
    void aCommitOnABrokenConnectionIsUnknownAndTheNextOneUsesANewConnection() {
        long epoch = first.open(0, alice).epoch();
        first.append(List.of(entry(epoch, 1)));
        killWriters();
        assertThatThrownBy(() -> first.append(List.of(entry(epoch, 2))))
                .isInstanceOf(JournalException.class)
                .isNotInstanceOf(FencedException.class)
                .hasMessageContaining("unknown whether");
        var again = await().atMost(Duration.ofSeconds(10))
                .ignoreExceptionsInstanceOf(JournalException.class)
                .until(() -> first.open(0, alice), any -> true);
        first.append(List.of(entry(again.epoch(), again.lastSeq() + 1)));
    }

    @Test
    void aFormerConnectionOfOursThatTheDatabaseStillHoldsIsEnded() throws Exception {
        try (var former = DATABASE.database().owner().getConnection()) {
            former.createStatement().execute("SELECT pg_advisory_lock(core.owner_lock('" + alice + "'))");
            var opened = await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptionsInstanceOf(JournalException.class)
                    .until(() -> first.open(0, alice), any -> true);
            first.append(List.of(entry(opened.epoch(), 1)));
        }
    }

    private static void killWriters() {
        DATABASE.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND application_name = 'millrace-writer'");
    }

    private static void waitUntilBlocked(int sessions) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> DATABASE.number(
                                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
                        >= sessions);
    }

    private static Entry entry(long epoch, long seq) {
        return new Entry(
                0, epoch, seq, List.of(new Fact.RunDeadlinePassed(Examples.TENANT, Examples.AT, Examples.run((int)
                        seq))));
    }
}
