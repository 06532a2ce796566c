package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.store.Database;
import dev.millrace.controlplane.store.Session;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots.Position;
import dev.millrace.engine.Snapshots.Projection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transactions of the projector: each moves the position of a shard and writes rows, exactly once. A run whose rows are refused
 * is set aside ({@link SetAside}), so that it does not hold up the others. Safe for use by several threads; passes take turns.
 */
final class Passes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Passes.class);
    private static final int TRIES = 3;
    /** When more runs of one pass are refused, something else is wrong than the runs. */
    private static final int MOST_SET_ASIDE = 100;

    private final Database database;
    private final List<Rows> rows;
    private final ChangedTasks changed = new ChangedTasks();
    private final SetAside aside = new SetAside();
    private volatile int setAside;
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
            var position = PositionRow.open(owner, shard, epoch);
            aside.open(owner, shard);
            setAside = aside.size();
            return position;
        } catch (SQLException e) {
            throw new JournalException(
                    "The images of shard " + shard + " could not be taken over: " + e.getMessage(), e);
        }
    }

    synchronized void project(Projection projection) {
        for (int tries = 1; ; tries++) {
            try {
                write(projection);
                stored(projection);
                return;
            } catch (JournalException e) {
                throw e;
            } catch (SQLException | RuntimeException e) {
                drop();
                if (e instanceof SQLException && isStored(projection, e)) {
                    stored(projection);
                    return;
                }
                if (tries == TRIES) {
                    throw new JournalException(
                            "The images of shard " + projection.shard() + " could not be written: " + e.getMessage(),
                            e);
                }
                LOG.warn("A pass over shard {} is tried again: {}", projection.shard(), e.getMessage());
                if (isAboutRows(e)) {
                    setAside(projection);
                }
            }
        }
    }

    private void stored(Projection projection) {
        changed.stored(projection.runs());
        aside.stored(projection.runs());
        setAside = aside.size();
    }

    /** How many active runs are set aside because their rows cannot be stored. */
    int setAside() {
        return setAside;
    }

    private void write(Projection projection) throws SQLException {
        inTransaction(connection -> {
            PositionRow.move(connection, projection);
            aside.recall(connection, projection.runs());
            writeRows(connection, projection, aside.others(projection.runs()));
            aside.write(connection, projection);
            UsageRows.write(connection, projection.runs()); // of those that are set aside, too
            connection.commit();
        });
    }

    private void writeRows(Connection connection, Projection projection, List<RunImage> images) throws SQLException {
        var usual = new Projection(
                projection.shard(),
                projection.epoch(),
                projection.fromSeq(),
                projection.toSeq(),
                projection.image(),
                images);
        for (var some : rows) {
            some.write(connection, usual, changed);
        }
    }

    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    private void inTransaction(Work work) throws SQLException {
        var connection = connection();
        try {
            work.on(connection);
        } catch (RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    // ---- rows that are refused ----

    /** Whether what went wrong lies in the rows, so that writing them again fails again. */
    private static boolean isAboutRows(Exception e) {
        if (e instanceof SQLException refused) {
            var state = refused.getSQLState() == null ? "" : refused.getSQLState();
            return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
        }
        return true;
    }

    /** Finds the runs whose rows are refused, so that the next try does without them. */
    private void setAside(Projection projection) {
        Map<RunImage, Exception> refused = new LinkedHashMap<>();
        try {
            search(projection, aside.others(projection.runs()), refused);
        } catch (SQLException e) {
            drop();
            LOG.warn("What is refused of shard {} could not be found out: {}", projection.shard(), e.getMessage());
            return;
        }
        if (refused.size() > MOST_SET_ASIDE) {
            throw new JournalException(
                    "More than " + MOST_SET_ASIDE + " runs of shard " + projection.shard()
                            + " cannot be stored, so it is not the runs: "
                            + refused.values().iterator().next().getMessage(),
                    refused.values().iterator().next());
        }
        refused.forEach(aside::add);
    }

    /** By halves: a pass has thousands of runs, and mostly one of them is refused. */
    private void search(Projection projection, List<RunImage> images, Map<RunImage, Exception> refused)
            throws SQLException {
        if (images.isEmpty() || refused.size() > MOST_SET_ASIDE) {
            return;
        }
        var refusal = probe(projection, images);
        if (refusal.isPresent() && images.size() == 1) {
            refused.put(images.get(0), refusal.get());
        } else if (refusal.isPresent()) {
            int half = images.size() / 2;
            search(projection, images.subList(0, half), refused);
            search(projection, images.subList(half, images.size()), refused);
        }
    }

    /** Why these rows are refused, if they are. Leaves nothing behind. */
    private Optional<Exception> probe(Projection projection, List<RunImage> images) throws SQLException {
        try {
            inTransaction(connection -> {
                writeRows(connection, projection, images);
                connection.rollback();
            });
            return Optional.empty();
        } catch (SQLException | RuntimeException e) {
            if (!isAboutRows(e)) {
                throw e;
            }
            connection().rollback();
            return Optional.of(e);
        }
    }

    /** After a failure: whether the commit went through all the same. */
    private boolean isStored(Projection projection, Exception failure) {
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
