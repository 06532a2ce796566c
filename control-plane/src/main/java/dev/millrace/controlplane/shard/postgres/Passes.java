package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.store.Database;
import dev.millrace.controlplane.store.Session;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.Snapshots.Position;
import dev.millrace.engine.Snapshots.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of the projector: each moves the position of a shard and writes rows, exactly once. Safe for use by several
 * threads; passes take turns.
 */
final class Passes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Passes.class);
    private static final int TRIES = 3;

    private final Database database;
    private final List<Rows> rows;
    private final ChangedTasks changed = new ChangedTasks();
    private Optional<Connection> connection = Optional.empty();

    Passes(Database database, List<Rows> rows) {
        this.database = database;
        this.rows = rows;
    }

    /** What a pass writes beside the position. */
    interface Rows {
        void write(Connection connection, Projection projection, ChangedTasks changed) throws SQLException;
    }

    synchronized Position open(int shard, long epoch) {
        changed.forget();
        try (var owner = database.owner().getConnection()) {
            return PositionRow.open(owner, shard, epoch);
        } catch (SQLException e) {
            throw new JournalException(
                    "The images of shard " + shard + " could not be taken over: " + e.getMessage(), e);
        }
    }

    synchronized void project(Projection projection) {
        for (int tries = 1; ; tries++) {
            try {
                write(projection);
                changed.stored(projection.runs());
                return;
            } catch (SQLException e) {
                drop();
                if (isStored(projection, e)) {
                    changed.stored(projection.runs());
                    return;
                }
                if (tries == TRIES) {
                    throw new JournalException(
                            "The images of shard " + projection.shard() + " could not be written: " + e.getMessage(),
                            e);
                }
                LOG.warn("A pass over shard {} is tried again: {}", projection.shard(), e.getMessage());
            }
        }
    }

    private void write(Projection projection) throws SQLException {
        var connection = connection();
        try {
            PositionRow.move(connection, projection);
            for (var some : rows) {
                some.write(connection, projection, changed);
            }
            connection.commit();
        } catch (RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    /** After a failure: whether the commit went through all the same. */
    private boolean isStored(Projection projection, SQLException failure) {
        try (var owner = database.owner().getConnection()) {
            return PositionRow.isAt(owner, projection.shard(), projection.epoch(), projection.toSeq());
        } catch (SQLException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private Connection connection() throws SQLException {
        if (connection.isEmpty()) {
            var opened = database.connect(Session.PROJECTOR);
            opened.setAutoCommit(false);
            connection = Optional.of(opened);
        }
        return connection.get();
    }

    private void drop() {
        connection.ifPresent(dropped -> {
            try {
                dropped.close();
            } catch (SQLException e) {
                LOG.debug("A broken connection could not be closed.", e);
            }
        });
        connection = Optional.empty();
    }

    @Override
    public synchronized void close() {
        drop();
    }
}
