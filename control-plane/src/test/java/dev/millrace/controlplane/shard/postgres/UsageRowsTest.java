package dev.millrace.controlplane.shard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots.Projection;
import dev.millrace.engine.Usage;
import dev.millrace.engine.contract.Examples;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Totals of usage, from the images of runs. */
class UsageRowsTest {
    private final TestDatabase database = TestDatabase.create();
    private final PostgresJournal journal =
            new PostgresJournal(database.database(), UUID.randomUUID(), Duration.ofMinutes(1), 1 << 20);
    private final PostgresSnapshots snapshots =
            new PostgresSnapshots(database.database(), (tenant, version, node) -> "step-" + node);
    private final long epoch = journal.open(0, UUID.randomUUID()).epoch();
    private long seq;

    UsageRowsTest() {
        snapshots.open(0, epoch);
    }

    @AfterEach
    void close() {
        snapshots.close();
        journal.close();
        database.close();
    }

    private void project(RunImage... images) {
        snapshots.project(new Projection(0, epoch, seq, ++seq, ShardImage.EMPTY, List.of(images)));
    }

    private static RunImage used(int number, boolean isNew, Usage usage, Instant at) {
        return Examples.using(Examples.image(number, isNew, RunState.RUNNING, Instant.MAX, 0), usage, at);
    }

    private long amount(String where) {
        return database.number("SELECT coalesce(sum(amount), 0)::bigint FROM analytics.usage WHERE " + where);
    }

    @Test
    void whatImagesSayIsAddedByHourAndName() {
        var next = Examples.AT.plus(Duration.ofHours(1));
        project(
                used(9, true, Usage.of("tokens", 5), Examples.AT),
                used(11, true, Usage.of("tokens", 6).plus(Usage.of("cents", 1)), Examples.AT));
        project(used(9, false, Usage.of("tokens", 7), Examples.AT), used(11, false, Usage.of("tokens", 8), next));
        project(used(9, false, Usage.NONE, Instant.MIN));

        assertThat(amount("name = 'tokens' AND hour = '2026-11-21T10:00:00Z'")).isEqualTo(18);
        assertThat(amount("name = 'tokens' AND hour = '2026-11-21T11:00:00Z'")).isEqualTo(8);
        assertThat(amount("name = 'cents' AND workflow = 'orders'")).isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM analytics.usage")).isEqualTo(3);
    }

    @Test
    void aTotalStaysAtTheLargest() {
        project(used(9, true, Usage.of("tokens", Long.MAX_VALUE - 1), Examples.AT));
        project(used(9, false, Usage.of("tokens", 5), Examples.AT), used(11, true, Usage.of("tokens", 5), Examples.AT));

        assertThat(amount("name = 'tokens'")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatARunUsesCountsAlsoWhenItsRowsAreRefused() {
        database.execute("ALTER TABLE analytics.run ADD CONSTRAINT picky CHECK (octet_length(metadata_values[1]) < 4)");

        project(used(9, true, Usage.of("tokens", 5), Examples.AT), used(11, true, Usage.of("tokens", 6), Examples.AT));

        assertThat(snapshots.setAside()).isEqualTo(1);
        assertThat(amount("name = 'tokens'")).isEqualTo(11);
    }

    @Test
    void idsThatWereTakenForNamesAreCountedTogetherBeyondAThousand() {
        for (int run = 0; run < 25; run++) {
            int first = run * 50;
            var amounts = new TreeMap<String, Long>();
            IntStream.range(first, first + 50).forEach(id -> amounts.put("id-" + id, 2L));
            project(used(10 + run, true, Usage.of(amounts), Examples.AT));
        }

        assertThat(database.number("SELECT count(*) FROM analytics.usage")).isEqualTo(UsageRows.MOST_NAMES + 1);
        assertThat(amount("name = ''")).isEqualTo(2 * 250);
        assertThat(amount("true")).isEqualTo(2 * 25 * 50);
    }
}
