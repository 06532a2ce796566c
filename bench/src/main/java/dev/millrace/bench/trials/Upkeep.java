package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.processes.BenchException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * How the database keeps itself in shape under load, by its own statistics. For one thread.
 */
final class Upkeep {
    private final Connection connection;
    private final Map<String, Long> files = new HashMap<>();
    private long truncated;

    /** @param connection of a superuser's to the control plane's database */
    Upkeep(Connection connection) {
        this.connection = connection;
    }

    /**
     * What it says now: {@code databaseMegabytes}, {@code journalMegabytes}, {@code deadRows} and {@code liveRows} of all tables,
     * {@code dayPartitions}; what has happened since it was made: {@code vacuums}, {@code checkpoints}, {@code walMegabytes}, {@code
     * commits}; and {@code journalTablesEmptied} since the first look, each table once between two looks.
     */
    Figures read() {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        /* bench.upkeep */
                        SELECT pg_database_size(current_database()) / 1048576.0 AS "databaseMegabytes",
                          (SELECT sum(pg_total_relation_size(oid)) / 1048576.0 FROM pg_class
                            WHERE relkind = 'r' AND relname LIKE 'journal\\_%') AS "journalMegabytes",
                          (SELECT sum(n_dead_tup) FROM pg_stat_user_tables) AS "deadRows",
                          (SELECT sum(n_live_tup) FROM pg_stat_user_tables) AS "liveRows",
                          (SELECT count(*) FROM pg_inherits WHERE inhparent = 'core.run'::regclass) AS "dayPartitions",
                          (SELECT sum(autovacuum_count) FROM pg_stat_user_tables) AS "vacuums",
                          (SELECT num_timed + num_requested FROM pg_stat_checkpointer) AS "checkpoints",
                          (SELECT wal_bytes / 1048576.0 FROM pg_stat_wal) AS "walMegabytes",
                          (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS "commits"
                        """)) {
            rows.next();
            var figures = Figures.none();
            for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                figures = figures.with(rows.getMetaData().getColumnLabel(column), rows.getDouble(column));
            }
            return figures.with("journalTablesEmptied", truncated());
        } catch (SQLException e) {
            throw new BenchException("The database's statistics cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** A table that is truncated gets another file: a journal table whose file has changed since the last look was emptied. */
    private long truncated() throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        /* bench.journal */
                        SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relname LIKE 'journal\\_%'""")) {
            while (rows.next()) {
                var before = files.put(rows.getString(1), rows.getLong(2));
                if (before != null && before != rows.getLong(2)) {
                    truncated++;
                }
            }
            return truncated;
        }
    }
}
