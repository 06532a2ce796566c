package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.shard.postgres.WaitsFor;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Tasks that wait and queue nowhere: they sleep, back off, or wait for something from outside. Most of them are not in memory, so they
 * are counted in the tables for queries, which lag behind by the projection. Methods block.
 */
@Singleton
final class WaitingRows {
    /** So many are counted; of more it is said that there are at least so many. */
    static final int MOST_COUNTED = 100_000;

    private static final int MOST_CROWDS = 50;
    private static final int MOST_SCHEDULES = 10;
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final RequestDatabase database;

    WaitingRows(RequestDatabase database) {
        this.database = database;
    }

    /**
     * Tasks of one step that wait for the same kind of thing.
     *
     * @param since when the attempt began that has waited longest, or was to begin, as far as is known
     * @param until when the first of them goes on by itself; empty for never
     */
    record Waiting(Gate gate, String step, long tasks, Instant since, Optional<Instant> until) {}

    /**
     * What waits.
     *
     * @param isAll false when there are more than were counted
     * @param pausedSchedules by name, some if there are many
     */
    record Counted(List<Waiting> waiting, boolean isAll, List<String> pausedSchedules) {
        Counted {
            pausedSchedules = List.copyOf(pausedSchedules);
            waiting = List.copyOf(waiting);
        }
    }

    /** What of a workflow waits, the largest crowds first. */
    Counted of(TenantId tenant, String workflow) {
        return database.inTenant(tenant, connection -> {
            try (var limit = connection.createStatement()) {
                limit.execute("SET LOCAL statement_timeout = " + LIMIT.toMillis());
            }
            try (var statement = connection.prepareStatement("""
                /* waiting.count */
                SELECT waits_for, step, count(*) AS tasks, min(started_at) AS since, min(waits_until) AS until FROM (
                  SELECT t.waits_for, t.step, coalesce(t.started_at, t.queued_at, now()) AS started_at, t.waits_until
                  FROM analytics.task t JOIN analytics.run r ON r.tenant_id = t.tenant_id AND r.run_id = t.run_id
                  WHERE t.tenant_id = ? AND t.waits_for IS NOT NULL AND r.workflow = ? AND r.ended_at IS NULL
                  LIMIT ?) waiting
                GROUP BY waits_for, step ORDER BY count(*) DESC, step, waits_for LIMIT ?\
                """)) {
                statement.setObject(1, tenant.value());
                statement.setString(2, workflow);
                statement.setInt(3, MOST_COUNTED);
                statement.setInt(4, MOST_CROWDS);
                List<Waiting> waiting = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        waiting.add(waiting(rows));
                    }
                }
                long tasks = waiting.stream().mapToLong(Waiting::tasks).sum();
                return new Counted(
                        waiting,
                        tasks < MOST_COUNTED && waiting.size() < MOST_CROWDS,
                        pausedSchedules(connection, tenant, workflow));
            }
        });
    }

    private static List<String> pausedSchedules(Connection connection, TenantId tenant, String workflow)
            throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* waiting.schedules */
                SELECT name FROM core.schedule WHERE tenant_id = ? AND workflow = ? AND paused ORDER BY name LIMIT ?""")) {
            statement.setObject(1, tenant.value());
            statement.setString(2, workflow);
            statement.setInt(3, MOST_SCHEDULES);
            List<String> names = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
            return names;
        }
    }

    private static Waiting waiting(ResultSet row) throws SQLException {
        return new Waiting(
                WaitsFor.gate(row.getInt("waits_for")),
                row.getString("step"),
                row.getLong("tasks"),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                Optional.ofNullable(row.getObject("until", OffsetDateTime.class))
                        .map(OffsetDateTime::toInstant));
    }
}
