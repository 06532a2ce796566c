package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.store.Database;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.UniqueKey;
import dev.millrace.protocol.journal.v1.Outcomes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images on PostgreSQL. A pass is one transaction: the position, which fences it; new runs by COPY; the rest by one UPDATE; the
 * rows of analytics. Its commit does not wait for the disk: what a crash of the database undoes is projected again, because the
 * position is undone with it.
 *
 * <p>Safe for use by several threads; passes take turns.
 */
public final class PostgresSnapshots implements Snapshots, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSnapshots.class);
    private static final int READ_AHEAD = 500;

    private final Database database;
    private final Passes passes;

    public PostgresSnapshots(Database database, StepNames names) {
        this.database = database;
        this.passes = new Passes(database, List.of(new ImageRows(), new AwaitRows(), new AnalyticsRows(names)));
    }

    @Override
    public Position open(int shard, long epoch) {
        return passes.open(shard, epoch);
    }

    /** How many active runs are set aside, because their rows cannot be stored. */
    public int setAside() {
        return passes.setAside();
    }

    @Override
    public void project(Projection projection) {
        passes.project(projection);
    }

    /** Makes partitions for the days to come. Blocks; harmless when repeated. */
    public void addDays() {
        try (var owner = database.owner().getConnection();
                var statement = owner.createStatement()) {
            statement.execute("/* projection.days */ CALL core.add_days((now() AT TIME ZONE 'UTC')::date - 1, 9)");
            statement.execute(
                    "/* projection.lightDays */ CALL core.add_light_days((now() AT TIME ZONE 'UTC')::date - 1, 9)");
        } catch (SQLException e) {
            LOG.warn("No partitions were made for the days to come; trying again later: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        passes.close();
    }

    // ---- reading ----

    private interface Reading<T> {
        T read(Connection connection) throws SQLException;
    }

    /** Reads several tables as they were at one moment. */
    private <T> T atOneMoment(String what, Reading<T> reading) {
        try (var owner = database.owner().getConnection()) {
            owner.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            owner.setReadOnly(true);
            owner.setAutoCommit(false);
            try {
                var result = reading.read(owner);
                owner.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                owner.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new JournalException(what + " could not be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void residentRuns(int shard, Consumer<RunImage> consumer) {
        atOneMoment("The runs of shard " + shard + " that have to be in memory", connection -> {
            var aside = StoredRuns.setAside(connection, shard);
            try (var statement = connection.prepareStatement("""
                /* snapshots.resident */
                SELECT tenant_id, run_id, workflow, version, state, image, lane, wake_at FROM core.run
                WHERE shard = ? AND state < 3 AND wake_at IS NULL ORDER BY run_id\
                """)) {
                statement.setInt(1, shard);
                statement.setFetchSize(READ_AHEAD);
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        var stored = StoredRuns.next(rows);
                        var run = stored.row().run();
                        while (!aside.isEmpty() && aside.firstKey().compareTo(run) < 0) {
                            resident(aside.pollFirstEntry().getValue(), consumer);
                        }
                        if (!aside.isEmpty() && aside.firstKey().equals(run)) {
                            resident(aside.pollFirstEntry().getValue(), consumer);
                        } else {
                            consumer.accept(StoredRuns.image(connection, stored));
                        }
                    }
                }
            }
            aside.values().forEach(image -> resident(image, consumer));
            return null;
        });
    }

    private static void resident(Optional<RunImage> aside, Consumer<RunImage> consumer) {
        aside.filter(image -> image.passivity().isEmpty()).ifPresent(consumer);
    }

    @Override
    public void activeRuns(int shard, Collection<RunName> runs, Consumer<RunImage> consumer) {
        if (runs.isEmpty()) {
            return;
        }
        var wanted = List.copyOf(runs);
        atOneMoment(wanted.size() + " runs of shard " + shard, connection -> {
            var aside = StoredRuns.setAside(connection, shard);
            var found = new TreeMap<RunId, RunImage>();
            try (var statement = connection.prepareStatement("""
                /* snapshots.active */
                SELECT r.tenant_id, r.run_id, r.workflow, r.version, r.state, r.image, r.lane, r.wake_at
                FROM unnest(?::uuid[], ?::uuid[]) w(tenant_id, run_id)
                JOIN core.run r ON r.tenant_id = w.tenant_id AND r.run_id = w.run_id AND r.state < 3\
                """)) {
                statement.setObject(
                        1, BinaryArray.ofUuids(wanted, name -> name.tenant().value()));
                statement.setObject(
                        2, BinaryArray.ofUuids(wanted, name -> name.run().value()));
                statement.setFetchSize(READ_AHEAD);
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        var stored = StoredRuns.next(rows);
                        if (!aside.containsKey(stored.row().run())) {
                            found.put(stored.row().run(), StoredRuns.image(connection, stored));
                        }
                    }
                }
            }
            for (var name : wanted) {
                aside.getOrDefault(name.run(), Optional.empty()).ifPresent(image -> found.put(name.run(), image));
            }
            found.values().forEach(consumer);
            return null;
        });
    }

    @Override
    public List<LaneCount> lanes(int shard) {
        return atOneMoment("The lanes of shard " + shard, connection -> new WaitingRuns(connection, shard).lanes());
    }

    /** What runs of a shard wait for that is brought to them, as their images have it. */
    public List<Effect.Awaits> awaits(int shard) {
        return atOneMoment("What waits in shard " + shard, connection -> AwaitRows.read(connection, shard));
    }

    @Override
    public List<Window> windows(int shard, List<WindowQuery> queries) {
        return atOneMoment(
                "The windows of " + queries.size() + " lanes of shard " + shard,
                connection -> new WaitingRuns(connection, shard).windows(queries));
    }

    @Override
    public Due due(int shard, DueQuery query) {
        return atOneMoment(
                "The runs of shard " + shard + " whose time comes until " + query.until(),
                connection -> new WaitingRuns(connection, shard).due(query));
    }

    @Override
    public Optional<RunImage> run(TenantId tenant, RunId run) {
        return atOneMoment("Run " + run, connection -> {
            try (var statement = connection.prepareStatement("""
                /* snapshots.run */
                SELECT w.tenant_id, w.run_id, coalesce(a.workflow, r.workflow) AS workflow,
                  coalesce(a.version, r.version) AS version, coalesce(a.state, r.state) AS state,
                  coalesce(a.image, r.image) AS image, coalesce(r.history, '') AS history,
                  CASE WHEN a.run_id IS NULL THEN r.lane ELSE a.lane END AS lane,
                  CASE WHEN a.run_id IS NULL THEN r.wake_at ELSE a.wake_at END AS wake_at
                FROM (VALUES (?::uuid, ?::uuid)) w(tenant_id, run_id)
                LEFT JOIN core.run r ON r.tenant_id = w.tenant_id AND r.run_id = w.run_id
                LEFT JOIN core.run_set_aside a ON a.tenant_id = w.tenant_id AND a.run_id = w.run_id
                WHERE r.run_id IS NOT NULL OR a.run_id IS NOT NULL\
                """)) {
                statement.setObject(1, tenant.value());
                statement.setObject(2, run.value());
                try (var rows = statement.executeQuery()) {
                    if (!rows.next()) {
                        return Optional.empty();
                    }
                    var stored = StoredRuns.next(rows);
                    StoredRuns.addTasks(connection, stored);
                    stored.addHistory(rows.getBytes("history"));
                    addHistory(connection, tenant, run, stored);
                    return Optional.of(stored.image());
                }
            }
        });
    }

    private static void addHistory(Connection connection, TenantId tenant, RunId run, ImageCodec.Stored stored)
            throws SQLException {
        try (var statement = connection.prepareStatement("""
            /* snapshots.history */
            SELECT body FROM core.run_history WHERE tenant_id = ? AND run_id = ? ORDER BY seq\
            """)) {
            statement.setObject(1, tenant.value());
            statement.setObject(2, run.value());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    stored.addHistory(rows.getBytes(1));
                }
            }
        }
    }

    @Override
    public List<RunImage> generations(TenantId tenant, RunId run, int before) {
        return atOneMoment("The generations of run " + run, connection -> {
            try (var statement = connection.prepareStatement("""
                /* snapshots.generations */
                SELECT tenant_id, run_id, workflow, version, state, image, NULL::uuid AS lane, NULL::timestamptz AS wake_at, tasks
                FROM (
                  SELECT tenant_id, run_id, generation, workflow, version, state, image, tasks FROM core.run_generation
                  UNION ALL
                  SELECT tenant_id, run_id, generation, workflow, version, state, image,
                    (SELECT array_agg(t.image ORDER BY t.node, t.element) FROM core.run_task t
                      WHERE t.tenant_id = r.tenant_id AND t.run_id = r.run_id)
                  FROM core.run r WHERE NOT EXISTS (
                    SELECT FROM core.run_set_aside a WHERE a.tenant_id = r.tenant_id AND a.run_id = r.run_id)
                  UNION ALL
                  SELECT tenant_id, run_id, generation, workflow, version, state, image, NULL::bytea[]
                  FROM core.run_set_aside) g
                WHERE tenant_id = ? AND run_id = ? AND generation < ? ORDER BY generation\
                """)) {
                statement.setObject(1, tenant.value());
                statement.setObject(2, run.value());
                statement.setInt(3, before);
                List<RunImage> images = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        var stored = StoredRuns.next(rows);
                        if (stored.hasTaskRows()) {
                            for (var task : (byte[][]) rows.getArray("tasks").getArray()) {
                                stored.addTask(task);
                            }
                        }
                        images.add(stored.image());
                    }
                }
                return images;
            }
        });
    }

    @Override
    public List<KeyEntry> keys(Collection<UniqueKey> keys) {
        var wanted = List.copyOf(keys);
        if (wanted.isEmpty()) {
            return List.of();
        }
        try (var connection = database.owner().getConnection();
                var statement = connection.prepareStatement("""
                    /* snapshots.keys */
                    SELECT k.tenant_id, k.scope, k.key, k.digest, k.outcomes, k.created_at, k.claim, k.free_at, k.until_ended,
                      k.until_ended IS NOT NULL AND coalesce(
                        (SELECT state FROM core.run_set_aside a
                         WHERE a.tenant_id = k.tenant_id AND a.run_id = k.until_ended),
                        (SELECT state FROM core.run r
                         WHERE r.tenant_id = k.tenant_id AND r.run_id = k.until_ended), 3) >= 3 AS has_ended
                    FROM unnest(?::uuid[], ?::text[], ?::text[]) WITH ORDINALITY w(tenant_id, scope, key, place)
                    JOIN core.unique_key k USING (tenant_id, scope, key) ORDER BY w.place\
                    """)) {
            statement.setObject(
                    1, BinaryArray.ofUuids(wanted, key -> key.tenant().value()));
            statement.setArray(2, SqlArrays.texts(connection, wanted, UniqueKey::scope));
            statement.setArray(3, SqlArrays.texts(connection, wanted, UniqueKey::key));
            List<KeyEntry> found = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(entry(rows));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new JournalException(wanted.size() + " unique keys could not be looked up: " + e.getMessage(), e);
        }
    }

    private static KeyEntry entry(ResultSet rows) throws SQLException {
        try {
            var at = rows.getObject("created_at", OffsetDateTime.class).toInstant();
            var free = rows.getObject("free_at", OffsetDateTime.class);
            var entry = new KeyEntry(
                    new UniqueKey(
                            new TenantId(rows.getObject("tenant_id", UUID.class)),
                            rows.getString("scope"),
                            rows.getString("key")),
                    Messages.outcomes(Outcomes.parseFrom(rows.getBytes("outcomes"))),
                    rows.getString("digest"),
                    at,
                    rows.getInt("claim"),
                    free == null ? Instant.MAX : free.toInstant(),
                    rows.getObject("until_ended") != null);
            return rows.getBoolean("has_ended") ? entry.freeSince(at) : entry;
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new UnknownFormatException("the outcomes of a unique key", e);
        }
    }
}
