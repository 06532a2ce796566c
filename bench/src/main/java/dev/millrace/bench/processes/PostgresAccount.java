package dev.millrace.bench.processes;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The embedded PostgreSQL as it describes itself: whether it is durable, and how much it wrote. Asked between measurements
 * only. For one thread.
 */
public final class PostgresAccount implements AutoCloseable {
    /** Those that decide whether what is acknowledged is on the disk, then those that decide how fast. */
    private static final List<String> SETTINGS = List.of(
            "fsync",
            "synchronous_commit",
            "full_page_writes",
            "wal_sync_method",
            "wal_level",
            "shared_buffers",
            "wal_buffers",
            "max_wal_size",
            "checkpoint_timeout");

    private static final String SUPERUSER = "postgres";
    private static final String DATABASE = "millrace";

    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final long pid;
    private final String server;
    private final String password;
    private final Connection connection;

    private PostgresAccount(long pid, String server, String password) throws SQLException {
        this.pid = pid;
        this.server = server;
        this.password = password;
        this.connection = connect(SUPERUSER);
    }

    /** The one whose data are somewhere below a directory; empty if there is none. */
    static Optional<PostgresAccount> in(Path directory) {
        try (var files = Files.find(directory, 4, (file, attributes) -> file.endsWith("postmaster.pid"))) {
            var lock = files.findFirst();
            return lock.isEmpty() ? Optional.empty() : Optional.of(open(lock.get(), directory));
        } catch (IOException | SQLException e) {
            throw new BenchException("The embedded PostgreSQL in " + directory + " cannot be asked: " + e + ".", e);
        }
    }

    /** The lock file of a server has its number in the first line, and its port in the fourth. */
    private static PostgresAccount open(Path lock, Path directory) throws IOException, SQLException {
        var lines = Files.readAllLines(lock);
        var password = Files.readString(directory.resolve("postgres.password")).strip();
        return new PostgresAccount(
                Long.parseLong(lines.get(0).trim()),
                "jdbc:postgresql://127.0.0.1:" + lines.get(3).trim() + "/",
                password);
    }

    /** A connection of the superuser's to one of its databases, which the caller closes. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(server + database, SUPERUSER, password);
    }

    /** Its first process. */
    long pid() {
        return pid;
    }

    /** What it is and how it is set, in its own words. */
    public Json facts() {
        try (var statement = connection.prepareStatement("/* bench.setting */ SELECT current_setting(?)")) {
            var facts = new Json().put("kind", "embedded");
            facts.put("version", setting(statement, "server_version"));
            for (var name : SETTINGS) {
                facts.put(name, setting(statement, name));
            }
            return facts;
        } catch (SQLException e) {
            throw new BenchException("The settings of PostgreSQL cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static String setting(java.sql.PreparedStatement statement, String name) throws SQLException {
        statement.setString(1, name);
        try (var rows = statement.executeQuery()) {
            rows.next();
            return rows.getString(1);
        }
    }

    /** What it has written since it was started: bytes of log, and transactions. */
    Figures written() throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        /* bench.written */
                        SELECT (SELECT wal_bytes FROM pg_stat_wal), (SELECT sum(xact_commit) FROM pg_stat_database)""")) {
            rows.next();
            return Figures.none()
                    .with("postgres.walBytes", rows.getDouble(1))
                    .with("postgres.commits", rows.getDouble(2));
        }
    }

    /**
     * Waits until the tables that are derived from the journal have all that is in it.
     *
     * @return whether they have, within the time
     */
    public boolean awaitProjected(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try (var database = connect(DATABASE);
                var statement = database.prepareStatement("""
                        /* bench.projected */
                        SELECT NOT EXISTS (SELECT FROM core.shard s JOIN core.projection p USING (shard) WHERE s.last_seq > p.seq)""")) {
            while (true) {
                try (var rows = statement.executeQuery()) {
                    rows.next();
                    if (rows.getBoolean(1)) {
                        return true;
                    }
                }
                if (System.nanoTime() > end) {
                    return false;
                }
                Thread.sleep(LOOK_AGAIN.toMillis());
            }
        } catch (SQLException e) {
            throw new BenchException("How far the images are cannot be asked: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("The benchmark was interrupted.", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // The server is going down anyway.
        }
    }
}
