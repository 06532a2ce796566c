package dev.millrace.controlplane.store;

import dev.millrace.controlplane.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A PostgreSQL that somebody else runs: waited for, and looked at before it is trusted. */
final class ExternalServer {
    private static final Logger LOG = LoggerFactory.getLogger(ExternalServer.class);
    /** The oldest major version that the tests of a release run on or that is known to do. */
    static final int OLDEST = 15;

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private ExternalServer() {}

    /**
     * Reaches the server and checks that it will do.
     *
     * @throws DatabaseUnavailableException when it cannot be reached in time, or will not do
     */
    static Address check(Settings.Database settings) {
        var address = new Address(settings.url().orElseThrow(), settings.user(), settings.password());
        var until = Instant.now().plus(settings.reachWithin());
        while (true) {
            try (var connection = address.plain().getConnection()) {
                examine(connection, shown(address));
                return address;
            } catch (SQLException e) {
                boolean hopeless = e.getSQLState() != null
                        && (e.getSQLState().startsWith("28") || e.getSQLState().startsWith("3D"));
                if (hopeless || Instant.now().isAfter(until)) {
                    throw new DatabaseUnavailableException(
                            "The database at " + shown(address) + " cannot be used as " + address.user() + ": "
                                    + e.getMessage() + " Check millrace.database.url, millrace.database.user and"
                                    + " millrace.database.password, and that the server runs.",
                            e);
                }
                LOG.info(
                        "The database at {} cannot be reached yet ({}); trying again until {}.",
                        shown(address),
                        e.getMessage(),
                        until);
                LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
                if (Thread.currentThread().isInterrupted()) {
                    throw new DatabaseUnavailableException(
                            "The start was interrupted while it waited for the database.");
                }
            }
        }
    }

    private static void examine(Connection connection, String where) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < OLDEST) {
            throw new DatabaseUnavailableException("The database at " + where + " is PostgreSQL " + version
                    + "; Millrace needs version " + OLDEST + " or newer. Upgrade it, or name another one.");
        }
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("""
                        /* store.examine */
                        SELECT pg_is_in_recovery(), current_setting('server_encoding'),
                          has_database_privilege(current_database(), 'CREATE'), current_database(),
                          (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
                          (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user)
                            OR EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_request'),
                          to_regnamespace('core') IS NOT NULL""")) {
            rows.next();
            if (rows.getBoolean(1)) {
                throw new DatabaseUnavailableException("The database at " + where
                        + " is a read-only standby. Name the primary server in millrace.database.url.");
            }
            if (!"UTF8".equals(rows.getString(2))) {
                throw new DatabaseUnavailableException(
                        "The database at " + where + " has the encoding " + rows.getString(2)
                                + "; Millrace needs UTF8. Create another one: CREATE DATABASE … ENCODING 'UTF8'.");
            }
            boolean prepared = rows.getBoolean(7);
            if (!prepared && !rows.getBoolean(3)) {
                throw new DatabaseUnavailableException(
                        "The user " + connection.getMetaData().getUserName()
                                + " may not create schemas in the database " + rows.getString(4)
                                + ". Make it the owner: ALTER DATABASE "
                                + rows.getString(4) + " OWNER TO "
                                + connection.getMetaData().getUserName() + ".");
            }
            if (!prepared && !rows.getBoolean(6)) {
                throw new DatabaseUnavailableException(
                        "The user " + connection.getMetaData().getUserName()
                                + " may not create the role that requests run as. Let a superuser do it once:"
                                + " CREATE ROLE millrace_request; GRANT millrace_request TO "
                                + connection.getMetaData().getUserName() + " WITH ADMIN OPTION.");
            }
            if (rows.getBoolean(5)) {
                LOG.warn(
                        "The user {} is a superuser. Millrace needs no such rights; an ordinary owner of the database will do.",
                        connection.getMetaData().getUserName());
            }
        }
    }

    private static String shown(Address address) {
        int parameters = address.url().indexOf('?');
        return parameters < 0 ? address.url() : address.url().substring(0, parameters);
    }
}
