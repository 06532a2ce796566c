package dev.millrace.controlplane.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.controlplane.settings.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database with its schema up to date. Safe for use by several threads; {@link #close} comes last of all that uses it, and
 * stops an embedded server.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int OWNER_CONNECTIONS = 6;
    /** Two that write, and some for those who follow. */
    private static final int STREAM_CONNECTIONS = 6;

    private final Address address;
    private final Runnable afterwards;
    private final HikariDataSource owner;
    private final HikariDataSource request;
    private final HikariDataSource streams;

    private Database(Address address, int requestConnections, Runnable afterwards) {
        this.address = address;
        this.afterwards = afterwards;
        this.owner = pool(address, Session.OWNER, OWNER_CONNECTIONS);
        this.request = pool(address, Session.REQUEST, requestConnections);
        this.streams = pool(address, Session.STREAM, STREAM_CONNECTIONS);
    }

    /**
     * Starts the embedded server, or reaches the external one, and migrates.
     *
     * @throws DatabaseUnavailableException when that cannot be done; says why
     */
    public static Database start(Settings settings) {
        if (settings.database().url().isPresent()) {
            return migrated(ExternalServer.check(settings.database()), settings, () -> {});
        }
        return settings.memory() ? throwAway(settings) : embedded(settings.dataDir(), settings);
    }

    private static Database embedded(Path directory, Settings settings) {
        var server = EmbeddedServer.start(directory, settings.database(), true);
        return migratedOrStopped(server, settings, server::close);
    }

    /** Always in the same place, so that the next start finds and removes what a killed process left there. */
    private static Database throwAway(Settings settings) {
        var directory = settings.dataDir().resolve("memory");
        var server = EmbeddedServer.start(directory, settings.database(), false);
        return migratedOrStopped(server, settings, () -> {
            server.close();
            FileTrees.delete(directory);
        });
    }

    private static Database migratedOrStopped(EmbeddedServer server, Settings settings, Runnable stop) {
        try {
            return migrated(server.address(settings.database().user()), settings, stop);
        } catch (RuntimeException e) {
            stop.run();
            throw e;
        }
    }

    private static Database migrated(Address address, Settings settings, Runnable afterwards) {
        migrate(address);
        return new Database(address, settings.database().connections(), afterwards);
    }

    static void migrate(Address address) {
        try {
            var result = Flyway.configure()
                    .dataSource(address.plain())
                    .locations("classpath:db/migration")
                    .defaultSchema("public")
                    .table("millrace_migration")
                    // A newer server has been here: its tables only have more than ours, and it stays until it is gone.
                    .ignoreMigrationPatterns("*:future")
                    .lockRetryCount(60)
                    .load()
                    .migrate();
            if (result.migrationsExecuted > 0) {
                LOG.info("The schema of the database is at version {} now.", result.targetSchemaVersion);
            }
        } catch (FlywayException e) {
            throw new DatabaseUnavailableException(
                    "The schema of the database cannot be brought up to date: " + e.getMessage(), e);
        }
    }

    private static HikariDataSource pool(Address address, Session session, int connections) {
        var config = new HikariConfig();
        config.setPoolName(session.applicationName());
        config.setDataSource(address.source(session));
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(session == Session.STREAM ? 0 : 1);
        config.setConnectionTimeout(10_000);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    /** Connections of the owner of all tables, whom row-level security does not bind. Not for requests. */
    public DataSource owner() {
        return owner;
    }

    /** Connections that work as {@code millrace_request}. */
    public DataSource request() {
        return request;
    }

    /** Connections that work as {@code millrace_request} too, for what steps emit: they leave those of requests alone. */
    public DataSource streams() {
        return streams;
    }

    /** A connection outside all pools, for whoever keeps it as long as it lives. */
    public Connection connect(Session session) throws SQLException {
        return address.connect(session);
    }

    /** Where the database is, without credentials, for people. */
    public String where() {
        return address.url();
    }

    @Override
    public void close() {
        streams.close();
        request.close();
        owner.close();
        afterwards.run();
    }

    /** Over a server that somebody else has started and migrated, for tests. */
    static Database over(Address address, Optional<Runnable> afterwards) {
        return new Database(address, 8, afterwards.orElse(() -> {}));
    }
}
