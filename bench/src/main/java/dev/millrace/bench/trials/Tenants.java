package dev.millrace.bench.trials;

import dev.millrace.bench.processes.BenchException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Map;

/**
 * Makes tenants that are like the first one: each with its service and its workflows, as rows. For a database that nobody else writes
 * at that moment.
 */
final class Tenants {
    private static final String WHO = "SELECT tenant_id FROM core.tenant WHERE name LIKE 'idle-%'";

    private final Connection connection;

    /** @param connection of a superuser's, whom no policy keeps from other tenants' rows */
    Tenants(Connection connection) {
        this.connection = connection;
    }

    /** Makes so many, spread over all shards. */
    void make(int tenants) {
        try {
            run(
                    "INSERT INTO core.tenant",
                    copy(
                                    "tenant",
                                    Map.of(
                                            "tenant_id",
                                            "uuidv7()",
                                            "name",
                                            "'idle-' || n",
                                            "shard",
                                            "(SELECT shard FROM core.shard ORDER BY shard LIMIT 1 OFFSET n % (SELECT count(*) FROM core.shard))"))
                            + " CROSS JOIN generate_series(1, " + tenants + ") n WHERE d.name = 'default'");
            var each = " CROSS JOIN (" + WHO
                    + ") t WHERE d.tenant_id = (SELECT tenant_id FROM core.tenant WHERE name = 'default')";
            run(
                    "INSERT INTO core.service",
                    copy("service", Map.of("tenant_id", "t.tenant_id", "service_id", "uuidv7()")) + each);
            run(
                    "INSERT INTO core.workflow",
                    copy(
                                    "workflow",
                                    Map.of(
                                            "tenant_id", "t.tenant_id",
                                            "service_id",
                                                    "(SELECT s.service_id FROM core.service s WHERE s.tenant_id = t.tenant_id)"))
                            + each);
            run("INSERT INTO core.version", copy("version", Map.of("tenant_id", "t.tenant_id")) + each);
        } catch (SQLException e) {
            throw new BenchException("The idle tenants cannot be made: " + e.getMessage() + ".", e);
        }
    }

    /** Makes a token of each, as {@link TenantTokens} knows them. */
    void makeTokens() {
        try {
            run(
                    "INSERT INTO core.token",
                    copy(
                                    "token",
                                    Map.of(
                                            "tenant_id",
                                            "t.tenant_id",
                                            "service_id",
                                            "(SELECT s.service_id FROM core.service s WHERE s.tenant_id = t.tenant_id)",
                                            "token_id",
                                            TenantTokens.ID))
                            + " CROSS JOIN LATERAL (SELECT tenant_id, substr(name, 6)::int AS n FROM core.tenant"
                            + " WHERE name LIKE 'idle-%') t WHERE d.tenant_id ="
                            + " (SELECT tenant_id FROM core.tenant WHERE name = 'default')");
        } catch (SQLException e) {
            throw new BenchException("The tenants' tokens cannot be made: " + e.getMessage() + ".", e);
        }
    }

    /** Selects the rows of a table for tenants of their own; what the table gains later is copied as it is. */
    private String copy(String table, Map<String, String> instead) throws SQLException {
        var names = new ArrayList<String>();
        var values = new ArrayList<String>();
        try (var columns = connection.getMetaData().getColumns(null, "core", table, null)) {
            while (columns.next()) {
                var name = columns.getString("COLUMN_NAME");
                names.add(name);
                values.add(instead.getOrDefault(name, "d." + name));
            }
        }
        return " (" + String.join(", ", names) + ") SELECT " + String.join(", ", values) + " FROM core." + table + " d";
    }

    private void run(String what, String rest) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("/* bench.tenants */ " + what + rest);
        }
    }
}
