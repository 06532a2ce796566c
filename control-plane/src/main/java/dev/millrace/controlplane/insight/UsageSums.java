package dev.millrace.controlplane.insight;

import dev.millrace.controlplane.api.model.UsageGrouping;
import dev.millrace.controlplane.api.model.UsageTotal;
import dev.millrace.controlplane.api.model.UsageTotals;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sums of what runs used, from the totals by hour. Methods block. */
@Singleton
final class UsageSums {
    private final RequestDatabase database;

    UsageSums(RequestDatabase database) {
        this.database = database;
    }

    /**
     * What is asked for.
     *
     * @param from the first hour
     * @param to the end of the last hour
     */
    record Wanted(
            Instant from,
            Instant to,
            UsageGrouping grouping,
            Optional<String> name,
            Optional<String> workflow,
            int limit) {}

    UsageTotals of(TenantId tenant, Wanted wanted) {
        return database.inTenant(tenant, connection -> {
            var items = read(connection, tenant, wanted);
            boolean isAll = items.size() <= wanted.limit();
            return new UsageTotals(
                    wanted.from(), wanted.to(), isAll ? items : List.copyOf(items.subList(0, wanted.limit())), isAll);
        });
    }

    /** One more than wanted, where there are more. */
    private static List<UsageTotal> read(Connection connection, TenantId tenant, Wanted wanted) throws SQLException {
        try (var statement = connection.prepareStatement(
                """
                /* usage.sums */
                SELECT %s AS part, u.name, least(sum(u.amount), 9223372036854775807)::bigint AS amount
                FROM analytics.usage u %s
                WHERE u.tenant_id = ? AND u.hour >= ? AND u.hour < ? AND (? = '' OR u.name = ?) AND (? = '' OR u.workflow = ?)
                GROUP BY 1, 2 ORDER BY %s LIMIT ?""".formatted(part(wanted.grouping()), join(wanted.grouping()), order(wanted.grouping())))) {
            statement.setObject(1, tenant.value());
            statement.setTimestamp(2, Timestamp.from(wanted.from()));
            statement.setTimestamp(3, Timestamp.from(wanted.to()));
            for (int at = 4; at <= 5; at++) {
                statement.setString(at, wanted.name().orElse(""));
            }
            for (int at = 6; at <= 7; at++) {
                statement.setString(at, wanted.workflow().orElse(""));
            }
            statement.setInt(8, wanted.limit() + 1);
            List<UsageTotal> items = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    items.add(total(rows, wanted.grouping()));
                }
            }
            return items;
        }
    }

    private static String part(UsageGrouping grouping) {
        return switch (grouping) {
            case NAME -> "''";
            case WORKFLOW -> "u.workflow";
            case SERVICE -> "s.name";
            case HOUR -> "u.hour";
        };
    }

    /** A workflow belongs to one service as long as it lives. */
    private static String join(UsageGrouping grouping) {
        return grouping == UsageGrouping.SERVICE ? """
                JOIN core.workflow w ON w.tenant_id = u.tenant_id AND w.name = u.workflow
                JOIN core.service s ON s.tenant_id = w.tenant_id AND s.service_id = w.service_id""" : "";
    }

    private static String order(UsageGrouping grouping) {
        return grouping == UsageGrouping.HOUR ? "1, 2" : "amount DESC, 1, 2";
    }

    private static UsageTotal total(ResultSet row, UsageGrouping grouping) throws SQLException {
        var total = new UsageTotal(row.getString("name"), row.getLong("amount"));
        switch (grouping) {
            case NAME -> {
                // of all together
            }
            case WORKFLOW -> total.setWorkflow(row.getString("part"));
            case SERVICE -> total.setService(row.getString("part"));
            case HOUR -> total.setHour(row.getTimestamp("part").toInstant());
        }
        return total;
    }
}
