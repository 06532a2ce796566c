package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.Priority;
import dev.millrace.controlplane.api.model.RunPage;
import dev.millrace.controlplane.api.model.RunState;
import dev.millrace.controlplane.api.model.RunSummary;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.Cursor;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

/** Lists runs, newest first, from the analytics tables. Methods block. */
@Singleton
final class RunList {
    private final RequestDatabase database;

    RunList(RequestDatabase database) {
        this.database = database;
    }

    /**
     * Which runs.
     *
     * @param states in one of these; empty for any
     * @param from created at or after
     * @param to created before
     */
    record Filter(Optional<String> workflow, List<RunState> states, Optional<Instant> from, Optional<Instant> to) {
        Filter {
            states = List.copyOf(states);
            if (from.isPresent() && to.isPresent() && from.get().isAfter(to.get())) {
                throw new ApiException(
                        ErrorCode.PARAM_INVALID,
                        "Parameter from is " + from.get() + ", which is after to (" + to.get() + "). Exchange them.",
                        "from");
            }
        }
    }

    RunPage page(TenantId tenant, Filter filter, Optional<String> cursor, int limit) {
        // A run's id begins with the time of its creation and sorts by it: bounds in time are bounds of ids, and one
        // index
        // serves the order, the page and the window.
        var below = cursor.map(RunList::position)
                .or(() -> filter.to().map(RunList::firstIdAt))
                .orElse(new UUID(-1L, -1L));
        var above = filter.from().map(RunList::firstIdAt).orElse(new UUID(0, 0));
        var upper = filter.to().map(RunList::firstIdAt).orElse(new UUID(-1L, -1L));
        return database.inTenant(tenant, connection -> {
            var sql = new StringBuilder("""
                    /* runs.list */
                    SELECT run_id, workflow, version, state, compensated, priority, started_at, ended_at,
                      failed_step, failure_type, failure_message, metadata_keys, metadata_values
                    FROM analytics.run
                    WHERE tenant_id = ? AND run_id >= ? AND run_id < ? AND run_id < ?""");
            if (filter.workflow().isPresent()) {
                sql.append(" AND workflow = ?");
            }
            if (!filter.states().isEmpty()) {
                // As literals, because an index that leaves out a state is used only where the planner sees the states.
                sql.append(" AND state IN (").append(codes(filter.states())).append(')');
            }
            sql.append(" ORDER BY run_id DESC LIMIT ?");
            try (var statement = connection.prepareStatement(sql.toString())) {
                int at = 0;
                statement.setObject(++at, tenant.value());
                statement.setObject(++at, above);
                statement.setObject(++at, below);
                statement.setObject(++at, upper);
                if (filter.workflow().isPresent()) {
                    statement.setString(++at, filter.workflow().get());
                }
                statement.setInt(++at, limit + 1);
                List<RunSummary> runs = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        runs.add(summary(rows));
                    }
                }
                var page = new RunPage(runs.size() > limit ? runs.subList(0, limit) : runs);
                if (runs.size() > limit) {
                    page.setNextCursor(Cursor.of(runs.get(limit - 1).getRunId().toString()));
                }
                return page;
            }
        });
    }

    private static String codes(List<RunState> states) {
        return states.stream()
                .map(state ->
                        dev.millrace.engine.RunState.valueOf(state.getValue()).code())
                .map(code -> Integer.toString(code))
                .collect(Collectors.joining(", "));
    }

    private static RunSummary summary(ResultSet rows) throws SQLException {
        var id = rows.getObject("run_id", UUID.class);
        var summary = new RunSummary(
                id,
                rows.getString("workflow"),
                rows.getString("version"),
                RunState.fromValue(dev.millrace.engine.RunState.ofCode(rows.getInt("state"))
                        .name()),
                rows.getBoolean("compensated"),
                createdAt(id));
        instant(rows, "started_at").ifPresent(summary::setStartedAt);
        instant(rows, "ended_at").ifPresent(summary::setFinishedAt);
        summary.setPriority(Priority.fromValue(
                dev.millrace.engine.Priority.ofCode(rows.getInt("priority")).name()));
        var metadata = metadata(rows);
        if (!metadata.isEmpty()) {
            summary.setMetadata(metadata);
        }
        var type = rows.getString("failure_type");
        if (type != null) {
            var failure = RunViews.failure(dev.millrace.engine.Failure.of(type, rows.getString("failure_message")));
            var step = rows.getString("failed_step");
            if (step != null && !step.isEmpty()) {
                failure.setStep(step);
            }
            summary.setFailure(failure);
        }
        return summary;
    }

    private static Optional<Instant> instant(ResultSet rows, String column) throws SQLException {
        return Optional.ofNullable(rows.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    private static Map<String, String> metadata(ResultSet rows) throws SQLException {
        Map<String, String> metadata = new TreeMap<>();
        var keys = rows.getArray("metadata_keys");
        if (keys != null) {
            var names = (String[]) keys.getArray();
            var values = (String[]) rows.getArray("metadata_values").getArray();
            for (int i = 0; i < names.length; i++) {
                metadata.put(names[i], values[i]);
            }
        }
        return metadata;
    }

    private static UUID position(String cursor) {
        try {
            return UUID.fromString(Cursor.text(cursor));
        } catch (IllegalArgumentException e) {
            throw Cursor.invalid(cursor);
        }
    }

    private static Instant createdAt(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    /** The smallest id that a run created at this instant can have. */
    private static UUID firstIdAt(Instant at) {
        long millis = Math.max(0, Math.min(at.toEpochMilli(), (1L << 48) - 1));
        return new UUID(millis << 16, 0);
    }
}
