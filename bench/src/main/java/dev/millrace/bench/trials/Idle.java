package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.BenchException;
import dev.millrace.bench.processes.PostgresAccount;
import dev.millrace.bench.processes.Scene;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Counts what a control plane with a thousand tenants and a connected worker asks its database for while nothing is to be done, by
 * the database's own count of statements.
 */
public final class Idle implements Trial {
    private static final Duration SETTLING = Duration.ofSeconds(15);

    private final Sizes sizes;

    public Idle(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public Findings conduct(Scene scene) {
        var ground = Ground.prepare(scene, sizes.heapMegabytes());
        var first = ground.controlPlane();
        var postgres = first.postgres().orElseThrow();
        // A worker brings the workflows that the tenants get.
        var crowd = Crowd.join(scene, first, sizes.slots());
        scene.tell("making " + sizes.tenants() + " tenants");
        try (var connection = postgres.connect("millrace");
                var statement = connection.createStatement()) {
            new Tenants(connection).make(sizes.tenants());
            statement.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
        } catch (SQLException e) {
            throw new BenchException("The database cannot be prepared: " + e.getMessage() + ".", e);
        }
        scene.tell(
                "starting the control plane again, so that it meets all tenants at its start and statements are counted");
        first.close();
        var controlPlane = scene.with(first.again());
        crowd.tell(TrialProcess.Order.FILL, 1, 0); // it has come back, and every part has worked once
        scene.tell("letting it come to rest for " + SETTLING.toSeconds() + " s, then counting for "
                + sizes.length().toSeconds() + " s");
        Recovery.pause(SETTLING);
        return report(count(controlPlane.postgres().orElseThrow()), ground.environment());
    }

    private record Counted(double transactions, Map<String, Long> calls) {}

    private Counted count(PostgresAccount postgres) {
        try (var connection = postgres.connect("postgres")) {
            run(connection, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
            run(connection, "SELECT pg_stat_statements_reset()");
            var before = transactions(connection);
            Recovery.pause(sizes.length());
            return new Counted(transactions(connection) - before, calls(connection));
        } catch (SQLException e) {
            throw new BenchException("The database's statements cannot be counted: " + e.getMessage() + ".", e);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static double transactions(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT sum(xact_commit + xact_rollback) FROM pg_stat_database WHERE datname = 'millrace'""")) {
            rows.next();
            return rows.getDouble(1);
        }
    }

    /** How often each statement of the control plane's database was carried out, by its beginning: the server keeps no comments. */
    private static Map<String, Long> calls(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        SELECT left(regexp_replace(query, '\\s+', ' ', 'g'), 60), sum(calls)::bigint
                        FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid AND d.datname = 'millrace'
                        GROUP BY 1 ORDER BY 2 DESC, 1""")) {
            Map<String, Long> calls = new LinkedHashMap<>();
            while (rows.next()) {
                calls.put(rows.getString(1), rows.getLong(2));
            }
            return calls;
        }
    }

    private Findings report(Counted counted, Json environment) {
        double seconds = sizes.length().toSeconds();
        var all = counted.calls.values().stream().mapToLong(calls -> calls).sum() / seconds;
        var statements = new Json();
        counted.calls.forEach((name, calls) -> statements.put(name, calls / seconds));
        var findings = new Findings("idle");
        findings.json()
                .put("tenants", sizes.tenants())
                .put("queriesPerSecond", all)
                .put("transactionsPerSecond", counted.transactions / seconds)
                .put("queriesPerSecondByStatement", statements)
                .put("ratios", new Json().put("ofCommitted5", all / 5))
                .put(
                        "method",
                        new Json()
                                .put("count", "pg_stat_statements: every statement of the control plane's database")
                                .put("seconds", sizes.length().toSeconds())
                                .put("settlingSeconds", SETTLING.toSeconds())
                                .put("workersConnected", 1))
                .put("environment", environment);
        findings.row("idle tenants", Findings.number(sizes.tenants()))
                .row("statements", Findings.number(all) + " /s")
                .row("transactions", Findings.number(counted.transactions / seconds) + " /s");
        counted.calls.forEach((name, calls) -> findings.row("  " + name, Findings.number(calls / seconds) + " /s"));
        return findings.row("", "over " + sizes.length().toSeconds() + " s");
    }
}
