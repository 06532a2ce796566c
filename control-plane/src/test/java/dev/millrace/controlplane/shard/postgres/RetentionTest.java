package dev.millrace.controlplane.shard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots.Projection;
import dev.millrace.engine.contract.Examples;
import dev.millrace.engine.contract.ImageBuilder;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is past its time is removed, and nothing else. */
class RetentionTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final TestDatabase database = TestDatabase.create();
    private final PostgresSnapshots snapshots =
            new PostgresSnapshots(database.database(), (tenant, version, node) -> "step-" + node);
    private final Retention retention = retention(Optional.empty());
    private final Instant now = Instant.now();
    private long seq;

    RetentionTest() {
        // As long ago as the runs of these tests.
        database.execute("CALL core.add_days((now() AT TIME ZONE 'UTC')::date - 40, 41)");
        database.execute("CALL core.add_light_days((now() AT TIME ZONE 'UTC')::date - 40, 41)");
        snapshots.open(0, 1);
    }

    private Retention retention(Optional<Duration> usage) {
        return new Retention(
                database.database(),
                new Settings.Retention(
                        DAY.multipliedBy(30), DAY.multipliedBy(7), DAY.multipliedBy(7), DAY, DAY, usage));
    }

    @AfterEach
    void close() {
        snapshots.close();
        database.close();
    }

    @Test
    void aDayOfRunsThatHaveAllEndedGoesWithEverythingThatBelongsToThem() {
        project(image(1, 35, RunState.QUEUED), image(2, 35, RunState.SUCCEEDED), image(3, 10, RunState.SUCCEEDED));
        project(ended(image(1, 35, RunState.FAILED)));
        assertThat(rows()).isEqualTo(3 + 1 + 3 + 3 * 3);
        project(ImageBuilder.like(ended(image(1, 35, RunState.FAILED)))
                .generation(2)
                .build());
        assertThat(database.number("SELECT count(*) FROM core.run_generation")).isOne();

        retention.sweep();

        assertThat(rows()).isEqualTo(1 + 1 + 3);
        assertThat(database.number("SELECT count(*) FROM core.run_generation")).isZero();
        assertThat(snapshots.run(Examples.TENANT, id(2, 35))).isEmpty();
        assertThat(snapshots.run(Examples.TENANT, id(3, 10))).isPresent();
        assertThat(database.number("SELECT count(*) FROM pg_inherits WHERE inhparent = 'analytics.task'::regclass"))
                .as("30 days, today, 7 light days, today, and the rest")
                .isEqualTo(32 + 8);
    }

    @Test
    void lightRunsGoByDaysOfTheirOwnAndEarlier() {
        project(light(1, 10, RunState.SUCCEEDED), image(2, 10, RunState.SUCCEEDED), light(3, 5, RunState.SUCCEEDED));
        project(light(4, 12, RunState.WAITING), light(5, 12, RunState.SUCCEEDED));

        retention.sweep();

        assertThat(snapshots.run(Examples.TENANT, lightId(1, 10))).isEmpty();
        assertThat(snapshots.run(Examples.TENANT, id(2, 10))).isPresent();
        assertThat(snapshots.run(Examples.TENANT, lightId(3, 5))).isPresent();
        assertThat(snapshots.run(Examples.TENANT, lightId(5, 12)))
                .as("another run of its day goes on")
                .isPresent();
        assertThat(database.number("SELECT count(*) FROM core.run_default")).isZero();
    }

    private RunImage light(int number, int days, RunState state) {
        return of(image(number, days, state), lightId(number, days));
    }

    private RunId lightId(int number, int days) {
        var id = id(number, days).value();
        return new RunId(new UUID(id.getMostSignificantBits() | 1L << 62, id.getLeastSignificantBits()));
    }

    @Test
    void aKeyThatLivesForATimeOrAsLongAsItsRunGoesWhenItIsFree() {
        project(image(1, 9, RunState.WAITING), image(2, 9, RunState.SUCCEEDED));
        living("free", "now() - interval '1 hour'", "NULL");
        living("kept", "now() + interval '1 hour'", "NULL");
        living("of the one that goes on", "NULL", "'" + id(1, 9) + "'");
        living("of the one that has ended", "NULL", "'" + id(2, 9) + "'");

        retention.sweep();

        assertThat(database.number(
                        "SELECT count(*) FROM core.unique_key WHERE key IN ('kept', 'of the one that goes on')"))
                .isEqualTo(2);
        assertThat(database.number("SELECT count(*) FROM core.unique_key")).isEqualTo(2);
    }

    private void living(String key, String freeAt, String run) {
        key("start:orders", key, "8 days");
        database.execute("UPDATE core.unique_key SET free_at = " + freeAt + ", until_ended = " + run + " WHERE key = '"
                + key + "'");
    }

    @Test
    void aDayWithARunThatHasNotEndedStaysWhole() {
        project(image(1, 35, RunState.WAITING), image(2, 35, RunState.SUCCEEDED), image(3, 36, RunState.SUCCEEDED));

        retention.sweep();

        assertThat(snapshots.run(Examples.TENANT, id(1, 35))).isPresent();
        assertThat(snapshots.run(Examples.TENANT, id(2, 35))).isPresent();
        assertThat(snapshots.run(Examples.TENANT, id(3, 36))).isEmpty();

        project(ended(image(1, 35, RunState.SUCCEEDED)));
        retention.sweep();
        assertThat(snapshots.run(Examples.TENANT, id(2, 35))).isEmpty();
    }

    @Test
    void aRunThatIsSetAsideKeepsItsDayToo() {
        database.execute(
                "INSERT INTO core.run_set_aside (tenant_id, run_id, shard, state, workflow, version, image, cause)"
                        + " VALUES ('" + Examples.TENANT + "', '" + id(1, 35) + "', 0, 2, 'w', 'v', '', 'x')");
        project(image(2, 35, RunState.SUCCEEDED));
        retention.sweep();
        assertThat(snapshots.run(Examples.TENANT, id(2, 35))).isPresent();

        database.execute("UPDATE core.run_set_aside SET state = 3");
        retention.sweep();
        assertThat(snapshots.run(Examples.TENANT, id(2, 35))).isEmpty();
        assertThat(database.number("SELECT count(*) FROM core.run_set_aside")).isZero();
    }

    @Test
    void aDayThatSomebodyReadsWaitsForTheNextTime() throws SQLException {
        project(image(1, 35, RunState.SUCCEEDED), image(2, 36, RunState.SUCCEEDED));
        try (var reader = database.database().owner().getConnection();
                var statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM analytics.run");
            retention.sweep();
            assertThat(database.number("SELECT count(*) FROM core.run")).isEqualTo(2);
            reader.rollback();
        }
        retention.sweep();
        assertThat(database.number("SELECT count(*) FROM core.run")).isZero();
    }

    @Test
    void keysGoWhenTheirTimeToLiveIsOverEachKindByItsOwn() {
        key("request", "old", "2 days");
        key("request", "young", "2 hours");
        key("start:orders", "old", "8 days");
        key("start:orders", "young", "2 days");

        retention.sweep();

        assertThat(database.number("SELECT count(*) FROM core.unique_key WHERE key = 'young'"))
                .isEqualTo(2);
        assertThat(database.number("SELECT count(*) FROM core.unique_key")).isEqualTo(2);
    }

    @Test
    void totalsOfUsageStayForEverUnlessSomebodySaysHowLong() {
        for (var age : List.of("20 years", "366 days", "364 days")) {
            database.execute("INSERT INTO analytics.usage VALUES ('" + Examples.TENANT + "', now() - interval '" + age
                    + "', 'orders', 'tokens', 5)");
        }
        retention.sweep();
        assertThat(database.number("SELECT count(*) FROM analytics.usage")).isEqualTo(3);

        retention(Optional.of(DAY.multipliedBy(365))).sweep();
        assertThat(database.number("SELECT count(*) FROM analytics.usage WHERE hour > now() - interval '365 days'"))
                .isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM analytics.usage")).isEqualTo(1);
    }

    @Test
    void moreKeysThanOneStatementRemovesGoAllTheSame() {
        database.execute("INSERT INTO core.unique_key SELECT '" + Examples.TENANT
                + "', now() - interval '2 days', 'request', k::text, '', '' FROM generate_series(1, "
                + (Retention.KEYS_AT_ONCE + 1) + ") k");
        retention.sweep();
        assertThat(database.number("SELECT count(*) FROM core.unique_key")).isZero();
    }

    private void key(String scope, String key, String age) {
        database.execute("INSERT INTO core.unique_key (tenant_id, created_at, scope, key, digest, outcomes) VALUES ('"
                + Examples.TENANT + "', now() - interval '" + age + "', '" + scope + "', '" + key + "', '', '')");
    }

    private long rows() {
        return database.number("SELECT (SELECT count(*) FROM core.run) + (SELECT count(*) FROM core.run_history)"
                + " + (SELECT count(*) FROM analytics.run) + (SELECT count(*) FROM analytics.task)");
    }

    private void project(RunImage... images) {
        snapshots.project(new Projection(0, 1, seq, ++seq, ShardImage.EMPTY, List.of(images)));
    }

    /** Made so many days ago. */
    private RunId id(int number, int days) {
        return new RunId(new UUID(now.minus(DAY.multipliedBy(days)).toEpochMilli() << 16 | 0x7000, number));
    }

    private RunImage image(int number, int days, RunState state) {
        return of(
                Examples.image(number, true, state, state.isFinal() ? Examples.AT : Instant.MAX, 0), id(number, days));
    }

    private static RunImage ended(RunImage image) {
        return ImageBuilder.like(image).isNew(false).ended(Examples.AT).build();
    }

    private static RunImage of(RunImage image, RunId run) {
        return ImageBuilder.like(image).run(run).build();
    }
}
