package dev.millrace.worker.transaction;

import dev.millrace.connection.MillraceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of completions in the application's database. A row is inserted in the transaction of a step, and its primary key lets one
 * attempt of a task commit and no other: neither one that was thought lost and was not, nor one that comes after the task was given up,
 * which leaves a row too. Safe for use by many threads.
 */
public final class Completions {
    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    /** For how long completions are kept: longer than a task may go on without its worker being heard. */
    static final Duration KEPT = Duration.ofDays(90);

    /** How long a statement of ours waits for another transaction, which may be one of a worker that hangs. */
    private static final int MOST_SECONDS = 10;

    private static final long BETWEEN_SWEEPS_NANOS = Duration.ofHours(12).toNanos();

    private static final String DDL = """
        CREATE TABLE IF NOT EXISTS millrace_completion (
          run_id     uuid        NOT NULL,
          generation int         NOT NULL,
          step       text        NOT NULL,
          element    int         NOT NULL,
          sealed     boolean     NOT NULL,
          result     bytea,
          ended_at   timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (run_id, generation, step, element)
        );
        CREATE INDEX IF NOT EXISTS millrace_completion_ended_at ON millrace_completion (ended_at)\
        """;

    private final DataSource database;
    private final AtomicLong sweptAt = new AtomicLong(System.nanoTime() - BETWEEN_SWEEPS_NANOS);

    private Completions(DataSource database) {
        this.database = database;
    }

    /**
     * Those of a database, whose table is made if it is not there.
     *
     * @throws MillraceException with code {@code TRANSACTIONS_UNUSABLE} if the table is neither there nor can be made
     */
    public static Completions of(DataSource database) {
        try (var connection = database.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try {
                if (!exists(connection)) {
                    create(connection);
                }
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        } catch (SQLException e) {
            throw new MillraceException(
                    "TRANSACTIONS_UNUSABLE",
                    "The database of the transactional steps cannot be used: " + e.getMessage()
                            + " The worker was not started. Its user must reach the table millrace_completion; where"
                            + " it may not make it, let somebody make it who may:\n"
                            + DDL,
                    e);
        }
        return new Completions(database);
    }

    private static boolean exists(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(
                        "/* millrace.completion.exists */ SELECT to_regclass('millrace_completion') IS NOT NULL");
                var row = statement.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static void create(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(DDL);
        } catch (SQLException e) {
            if (!exists(connection)) { // else another worker made it at the same moment
                throw e;
            }
        }
    }

    // ---- transactions ----

    /**
     * Begins the transaction of an attempt.
     *
     * @throws TransactionException if there is no connection
     */
    public Transaction begin(TaskKey task) {
        Connection connection = null;
        try {
            connection = database.getConnection();
            return new Transaction(this, task, connection);
        } catch (SQLException | RuntimeException e) {
            closeQuietly(connection);
            throw new TransactionException("No transaction could be begun for " + task + ": " + e.getMessage(), e);
        }
    }

    /**
     * Makes sure that nothing of a task is committed from now on.
     *
     * @return that nothing is, or what was
     * @throws TransactionException if it could not be made sure
     */
    public Completion seal(TaskKey task) {
        try (var connection = database.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try {
                if (insert(connection, task, true, Optional.empty())) {
                    return new Completion.Sealed();
                }
                return find(connection, task)
                        .orElseThrow(() -> new SQLException("The completion of " + task + " went while it was read."));
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        } catch (SQLException | RuntimeException e) {
            throw new TransactionException(
                    "It could not be made sure that nothing of " + task + " is committed: " + e.getMessage(), e);
        }
    }

    /** What is known of the end of a task, by a connection of its own. */
    Optional<Completion> find(TaskKey task) throws SQLException {
        try (var connection = database.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            try {
                return find(connection, task);
            } finally {
                connection.setAutoCommit(autoCommit);
            }
        }
    }

    static Optional<Completion> find(Connection connection, TaskKey task) throws SQLException {
        try (var select = connection.prepareStatement("""
            /* millrace.completion.find */
            SELECT sealed, result FROM millrace_completion
            WHERE run_id = ? AND generation = ? AND step = ? AND element = ?\
            """)) {
            select.setQueryTimeout(MOST_SECONDS);
            select.setObject(1, task.run());
            select.setInt(2, task.generation());
            select.setString(3, task.step());
            select.setInt(4, task.element());
            try (var row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(
                        row.getBoolean(1)
                                ? new Completion.Sealed()
                                : new Completion.Committed(Optional.ofNullable(row.getBytes(2))));
            }
        }
    }

    /** False if there is one already; waits for a transaction that is about to commit one. */
    static boolean insert(Connection connection, TaskKey task, boolean sealed, Optional<byte[]> result)
            throws SQLException {
        try (var insert = connection.prepareStatement("""
            /* millrace.completion.insert */
            INSERT INTO millrace_completion (run_id, generation, step, element, sealed, result)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
            """)) {
            insert.setQueryTimeout(MOST_SECONDS);
            insert.setObject(1, task.run());
            insert.setInt(2, task.generation());
            insert.setString(3, task.step());
            insert.setInt(4, task.element());
            insert.setBoolean(5, sealed);
            insert.setBytes(6, result.orElse(null));
            return insert.executeUpdate() == 1;
        }
    }

    // ---- upkeep ----

    /** Deletes old completions now and then; whoever has just committed does it. */
    void sweep(Connection connection) {
        long last = sweptAt.get();
        if (System.nanoTime() - last < BETWEEN_SWEEPS_NANOS || !sweptAt.compareAndSet(last, System.nanoTime())) {
            return;
        }
        try (var delete = connection.prepareStatement("""
            /* millrace.completion.sweep */
            DELETE FROM millrace_completion WHERE ctid IN (
              SELECT ctid FROM millrace_completion WHERE ended_at < now() - make_interval(days => ?)
              LIMIT 10000 FOR UPDATE SKIP LOCKED)\
            """)) {
            delete.setQueryTimeout(MOST_SECONDS);
            delete.setInt(1, (int) KEPT.toDays());
            delete.executeUpdate();
            connection.commit();
        } catch (SQLException e) {
            LOG.warn("Old completions of transactional steps could not be deleted; it is tried again later.", e);
        }
    }

    static void closeQuietly(Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                LOG.debug("A connection could not be closed.", e);
            }
        }
    }
}
