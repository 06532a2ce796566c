package dev.millrace.controlplane.store;

import dev.millrace.controlplane.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fresh database with the whole schema, on a real PostgreSQL that all tests of this JVM share. Connections work as an ordinary
 * owner and as the bound role, as they do in production. Safe for use by several threads.
 */
public final class TestDatabase implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Address address;
    private final Database database;

    private TestDatabase(Address address) {
        this.address = address;
        this.database = Database.over(address, Optional.empty());
    }

    /** The server, and the database that the others are copies of. */
    private static final class Server {
        static final EmbeddedServer RUNNING = start();

        private static EmbeddedServer start() {
            // In the build's directory, so that what a killed test run leaves behind is found and stopped by the next
            // one.
            var server = EmbeddedServer.start(
                    Path.of(System.getProperty("basedir", "."), "target", "test-postgres"),
                    Settings.DEFAULT.database(),
                    false);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "test-postgres-stop"));
            try (var connection = server.superuser("postgres").plain().getConnection()) {
                execute(connection, "CREATE DATABASE test_template OWNER millrace");
            } catch (SQLException e) {
                throw new IllegalStateException("The databases of tests cannot be made.", e);
            }
            Database.migrate(server.address("millrace", "test_template"));
            return server;
        }
    }

    /** Makes one. */
    public static TestDatabase create() {
        return createWith("TEMPLATE test_template");
    }

    /** Makes one with these options of {@code CREATE DATABASE}. */
    static TestDatabase createWith(String options) {
        var name = "test_" + COUNT.incrementAndGet();
        try (var connection = Server.RUNNING.superuser("postgres").plain().getConnection()) {
            execute(connection, "CREATE DATABASE " + name + " OWNER millrace " + options);
        } catch (SQLException e) {
            throw new IllegalStateException("The database " + name + " cannot be made.", e);
        }
        return new TestDatabase(Server.RUNNING.address("millrace", name));
    }

    /** Takes all rows out of it again, for the next test. */
    public void empty() {
        execute("""
                DO $$
                BEGIN
                  EXECUTE (SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') FROM pg_class
                    WHERE relnamespace IN ('core'::regnamespace, 'analytics'::regnamespace) AND relkind IN ('r', 'p')
                      AND NOT relispartition AND oid <> 'core.ring'::regclass);
                END $$""");
    }

    public Database database() {
        return database;
    }

    /** The same database as another server process would use it: with connections of its own. */
    public Database anotherInstance() {
        return Database.over(address, Optional.empty());
    }

    /** Where its server listens on this machine. */
    public int port() {
        return URI.create(address.url().substring("jdbc:".length())).getPort();
    }

    /** The same database, reached through another port of this machine. */
    public Database through(int port) {
        return Database.over(
                new Address(
                        address.url().replace(":" + port() + "/", ":" + port + "/"),
                        address.user(),
                        address.password()),
                Optional.empty());
    }

    /** The settings that make a server use this database. */
    public Map<String, String> settings() {
        return Map.of(
                "millrace.database.url",
                address.url(),
                "millrace.database.user",
                address.user(),
                "millrace.database.password",
                address.password().value());
    }

    /** Runs a statement as the superuser, in the database {@code postgres}. */
    public void asSuperuser(String sql) {
        try (var connection = Server.RUNNING.superuser("postgres").plain().getConnection()) {
            execute(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Runs a statement as the owner. */
    public void execute(String sql) {
        try (var connection = database.owner().getConnection()) {
            execute(connection, sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The one value of a query, as a number. */
    public long number(String sql) {
        try (var connection = database.owner().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
