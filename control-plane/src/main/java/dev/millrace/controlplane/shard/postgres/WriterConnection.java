package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.store.Database;
import dev.millrace.controlplane.store.Session;
import dev.millrace.engine.Journal.JournalException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection that commits, with its statements and the locks that it holds in the name of owners. When the process dies the
 * database notices that the connection closed, and the locks are gone. One that failed is dropped and never used again. Safe for use
 * by several threads, but statements are for one.
 */
final class WriterConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WriterConnection.class);

    private final Database database;
    // Guarded by this.
    private Optional<Open> open = Optional.empty();

    WriterConnection(Database database) {
        this.database = database;
    }

    /** One connection for as long as it is whole. */
    static final class Open {
        final Connection connection;
        private final Map<String, PreparedStatement> statements = new HashMap<>();
        private final Set<UUID> owners = new HashSet<>();

        private Open(Connection connection) {
            this.connection = connection;
        }

        PreparedStatement prepared(String sql) throws SQLException {
            var statement = statements.get(sql);
            if (statement == null) {
                statement = connection.prepareStatement(sql);
                statements.put(sql, statement);
            }
            return statement;
        }
    }

    /** The connection; a new one if there is none. */
    synchronized Open open() throws SQLException {
        if (open.isEmpty()) {
            open = Optional.of(new Open(database.connect(Session.WRITER)));
        }
        return open.get();
    }

    /**
     * Holds the lock that says that this owner lives.
     *
     * @throws JournalException when a former connection of ours still has it
     */
    synchronized void lockInTheNameOf(UUID owner) throws SQLException {
        var writer = open();
        if (writer.owners.contains(owner)) {
            return;
        }
        try (var statement = writer.connection.prepareStatement(
                "/* journal.lock */ SELECT pg_try_advisory_lock(core.owner_lock(?))")) {
            statement.setObject(1, owner);
            try (var rows = statement.executeQuery()) {
                rows.next();
                if (!rows.getBoolean(1)) {
                    endFormerConnection(writer.connection, owner);
                    throw new JournalException(
                            "The lock of owner " + owner
                                    + " was held by a former connection of ours that the database had not noticed is gone."
                                    + " It is tried again.",
                            null);
                }
            }
            writer.owners.add(owner);
        } catch (SQLException e) {
            drop();
            throw e;
        }
    }

    /** Nobody else has our name, so whoever holds our lock is a connection that we gave up. */
    private static void endFormerConnection(Connection connection, UUID owner) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* journal.end */
                SELECT pg_terminate_backend(l.pid) FROM pg_locks l, core.owner_lock(?) k
                WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
                  AND l.classid = ((k >> 32) & 4294967295)::oid AND l.objid = (k & 4294967295)::oid""")) {
            statement.setObject(1, owner);
            statement.execute();
        }
    }

    /** The connection is in an unknown state: it is closed, and with it go the locks. */
    synchronized void drop() {
        open.ifPresent(dropped -> {
            try {
                dropped.connection.close();
            } catch (SQLException e) {
                LOG.debug("A broken connection could not be closed.", e);
            }
        });
        open = Optional.empty();
    }

    @Override
    public void close() {
        drop();
    }
}
