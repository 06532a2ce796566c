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
import dev.millrace.manifest.Weight;
import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Lists runs, newest first, from the analytics tables. Methods block. */
@Singleton
final class RunList {
    /** Light runs too. */
    static final Set<Weight> EVERY_WEIGHT = Set.of(Weight.values());

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
     * @param ending what they ended with
     * @param weights of workflows of these weights
     * @param parent started by durable steps of this run
     */
    record Filter(
            Optional<String> workflow,
            List<RunState> states,
            Optional<Instant> from,
            Optional<Instant> to,
            Ending ending,
            Set<Weight> weights,
            Optional<UUID> parent) {
        Filter {
            states = List.copyOf(states);
            weights = Set.copyOf(weights);
            if (from.isPresent() && to.isPresent() && from.get().isAfter(to.get())) {
                throw new ApiException(
                        ErrorCode.PARAM_INVALID,
                        "Parameter from is " + from.get() + ", which is after to (" + to.get() + "). Exchange them.",
                        "from");
            }
        }
    }

    /**
     * What runs ended with.
     *
     * @param step that failed
     * @param error type of the failure
     * @param before ended before this instant
     */
    record Ending(Optional<String> step, Optional<String> error, Optional<Instant> before) {
        static final Ending ANY = new Ending(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A run and the generation in which it is listed. */
    record Listed(UUID run, int generation) {}

    RunPage page(TenantId tenant, Filter filter, Optional<String> cursor, int limit) {
        var runs = select(
                tenant, """
                /* runs.list */
                SELECT run_id, workflow, version, state, compensated, priority, started_at, ended_at,
                  failed_step, failure_type, failure_message, metadata_keys, metadata_values""", filter, cursor.map(RunList::position), limit + 1, RunSummary::getRunId, RunList::summary);
        var page = new RunPage(runs.size() > limit ? runs.subList(0, limit) : runs);
        if (runs.size() > limit) {
            page.setNextCursor(Cursor.of(runs.get(limit - 1).getRunId().toString()));
        }
        return page;
    }

    /** The newest of the runs, below an id, as many as the limit says. */
    List<Listed> newest(TenantId tenant, Filter filter, Optional<UUID> below, int limit) {
        return select(
                tenant,
                "/* runs.newest */ SELECT run_id, generation",
                filter,
                below,
                limit,
                Listed::run,
                row -> new Listed(row.getObject(1, UUID.class), row.getInt(2)));
    }

    /** How many runs there are. */
    long count(TenantId tenant, Filter filter) {
        var where = Where.of(filter, Optional.empty(), filter.weights());
        return database.inTenant(tenant, connection -> {
            try (var statement =
                    connection.prepareStatement("/* runs.count */ SELECT count(*) FROM analytics.run" + where.sql)) {
                where.set(statement, tenant);
                try (var rows = statement.executeQuery()) {
                    rows.next();
                    return rows.getLong(1);
                }
            }
        });
    }

    /** Makes one thing of a row. */
    private interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    /** Runs of one weight are read in the order of their ids; of several, those of each, and put in the order of their creation. */
    private <T> List<T> select(
            TenantId tenant,
            String columns,
            Filter filter,
            Optional<UUID> below,
            int limit,
            Function<T, UUID> id,
            Reading<T> reading) {
        if (filter.weights().size() == 1) {
            return select(tenant, columns, Where.of(filter, below, filter.weights()), limit, reading);
        }
        List<T> all = new ArrayList<>();
        for (var weight : filter.weights()) {
            all.addAll(select(tenant, columns, Where.of(filter, below, Set.of(weight)), limit, reading));
        }
        return all.stream()
                .sorted(Comparator.comparing((T one) -> RunIds.of(id.apply(one), Weight.NORMAL))
                        .reversed())
                .limit(limit)
                .toList();
    }

    private <T> List<T> select(TenantId tenant, String columns, Where where, int limit, Reading<T> reading) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement(
                    columns + " FROM analytics.run" + where.sql + " ORDER BY run_id DESC LIMIT ?")) {
                statement.setInt(where.set(statement, tenant), limit);
                List<T> found = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(reading.of(rows));
                    }
                }
                return found;
            }
        });
    }

    /**
     * The condition of a filter. A run's id begins with the time of its creation and sorts by it: bounds in time are bounds of ids, and
     * one index serves the order, the page and the window.
     */
    record Where(String sql, List<Object> values) {
        /** @param weights of which to find runs; several are a condition, but no order */
        static Where of(Filter filter, Optional<UUID> below, Set<Weight> weights) {
            List<Object> values = new ArrayList<>();
            var sql = new StringBuilder(weights.stream()
                    .sorted()
                    .map(weight -> {
                        var first = filter.from().orElse(Instant.EPOCH);
                        values.add(RunIds.firstAt(first, weight));
                        values.add(filter.to()
                                .map(to -> RunIds.firstAt(to, weight))
                                .orElse(RunIds.last(weight)));
                        values.add(below.map(id -> RunIds.of(id, weight)).orElse(RunIds.last(weight)));
                        return "run_id >= ? AND run_id < ? AND run_id < ?";
                    })
                    .collect(Collectors.joining(" OR ", " WHERE tenant_id = ? AND (", ")")));
            filter.workflow().ifPresent(workflow -> {
                sql.append(" AND workflow = ?");
                values.add(workflow);
            });
            filter.parent().ifPresent(parent -> {
                sql.append(" AND parent_run = ?");
                values.add(parent);
            });
            filter.ending().step().ifPresent(step -> {
                sql.append(" AND failed_step = ?");
                values.add(step);
            });
            filter.ending().error().ifPresent(error -> {
                sql.append(" AND failure_type = ?");
                values.add(error);
            });
            filter.ending().before().ifPresent(before -> {
                sql.append(" AND ended_at < ?");
                values.add(before.atOffset(ZoneOffset.UTC));
            });
            if (!filter.states().isEmpty()) {
                // As literals, because an index that leaves out a state is used only where the planner sees the states.
                sql.append(" AND state IN (").append(codes(filter.states())).append(')');
            }
            return new Where(sql.toString(), values);
        }

        /** @return number of the next parameter */
        int set(PreparedStatement statement, TenantId tenant) throws SQLException {
            int at = 0;
            statement.setObject(++at, tenant.value());
            for (var value : values) {
                statement.setObject(++at, value);
            }
            return at + 1;
        }
    }

    static String codes(List<RunState> states) {
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
                RunIds.createdAt(id));
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
}
