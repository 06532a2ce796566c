package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.FailureGroup;
import dev.millrace.controlplane.api.model.RunState;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.Failure;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** What fails, by workflow and error, from the analytics tables. Methods block. */
@Singleton
final class FailedRuns {
    /** A run that was cancelled has ended as somebody wished. */
    static final List<RunState> STATES = List.of(RunState.FAILED, RunState.TIMED_OUT);

    private final RequestDatabase database;

    FailedRuns(RequestDatabase database) {
        this.database = database;
    }

    /** The groups, that with the newest run first. Ids are compared as texts, whose order is the same, because these have a greatest. */
    List<FailureGroup> groups(TenantId tenant, RunList.Filter filter, int limit) {
        var where = RunList.Where.of(filter, java.util.Optional.empty(), filter.weights());
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("""
                    /* runs.failed */
                    SELECT g.workflow, g.step, g.error, g.runs, g.newest, g.oldest, r.failure_message
                    FROM (
                      SELECT workflow, coalesce(failed_step, '') AS step, coalesce(failure_type, '') AS error, count(*) AS runs,
                        max(run_id::text)::uuid AS newest, min(run_id::text)::uuid AS oldest
                      FROM analytics.run""" + where.sql() + """
                       GROUP BY 1, 2, 3 ORDER BY newest DESC LIMIT ?) g
                    JOIN analytics.run r ON r.tenant_id = ? AND r.run_id = g.newest
                    ORDER BY g.newest DESC""")) {
                int at = where.set(statement, tenant);
                statement.setInt(at, limit);
                statement.setObject(at + 1, tenant.value());
                List<FailureGroup> groups = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        groups.add(group(rows));
                    }
                }
                return groups;
            }
        });
    }

    private static FailureGroup group(ResultSet row) throws SQLException {
        var newest = row.getObject("newest", UUID.class);
        var message = row.getString("failure_message");
        var failure = RunViews.failure(Failure.of(row.getString("error"), message == null ? "" : message));
        var step = row.getString("step");
        var group = new FailureGroup(
                row.getString("workflow"),
                row.getString("error"),
                failure,
                row.getLong("runs"),
                RunIds.createdAt(newest),
                newest,
                RunIds.createdAt(row.getObject("oldest", UUID.class)));
        if (!step.isEmpty()) {
            group.setStep(step);
            failure.setStep(step);
        }
        return group;
    }
}
