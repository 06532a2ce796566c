package dev.millrace.worker.transaction;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transaction of one attempt: what the step does on its connection, and its completion, are committed together or not at all. For one
 * thread.
 */
public final class Transaction implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Transaction.class);

    private final Completions completions;
    private final TaskKey task;
    private final Connection connection;
    private final boolean autoCommit;
    private final LentConnection lent;
    private boolean open = true;

    Transaction(Completions completions, TaskKey task, Connection connection) throws SQLException {
        this.completions = completions;
        this.task = task;
        this.connection = connection;
        this.autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false);
        this.lent = new LentConnection(connection);
    }

    /** What the step is given: it may do all but end the transaction. */
    public Connection connection() {
        return lent.connection();
    }

    /**
     * What an earlier attempt of the task has left; asked before the step does anything.
     *
     * @throws TransactionException if the database does not answer
     */
    public Optional<Completion> before() {
        try {
            var found = Completions.find(connection, task);
            connection.rollback();
            return found;
        } catch (SQLException e) {
            throw new TransactionException(
                    "The database did not tell what earlier attempts of " + task + " have done: " + e.getMessage(), e);
        }
    }

    /**
     * Commits what the step did together with this result.
     *
     * @param result as JSON; empty for no value
     * @return what counts: this, or what another attempt was faster with, and then nothing of this one is committed
     * @throws TransactionException if nothing was committed, or if it is not known whether it was; the next attempt will find out
     */
    public Completion commit(Optional<byte[]> result) {
        lent.takeBack();
        try {
            if (!Completions.insert(connection, task, false, result)) {
                open = false;
                connection.rollback();
                return Completions.find(connection, task)
                        .orElseThrow(() -> new SQLException("Its completion went while it was read."));
            }
            open = false;
            connection.commit();
        } catch (SQLException e) {
            return afterFailure(e);
        }
        completions.sweep(connection);
        return new Completion.Committed(result);
    }

    /** A commit that failed may have been done all the same: another connection knows. */
    private Completion afterFailure(SQLException failure) {
        rollback();
        try {
            var found = completions.find(task);
            if (found.isPresent()) {
                return found.get();
            }
        } catch (SQLException | RuntimeException e) {
            failure.addSuppressed(e);
        }
        throw new TransactionException(
                "The transaction of " + task + " could not be committed: " + failure.getMessage(), failure);
    }

    private void rollback() {
        open = false;
        try {
            connection.rollback();
        } catch (SQLException e) {
            LOG.debug("The transaction of {} could not be rolled back; its connection is closed.", task, e);
        }
    }

    /** Rolls back what was not committed, and gives the connection back. */
    @Override
    public void close() {
        lent.takeBack();
        if (open) {
            rollback();
        }
        try {
            connection.setAutoCommit(autoCommit);
        } catch (SQLException e) {
            LOG.debug("The connection of {} is unusable.", task, e);
        }
        Completions.closeQuietly(connection);
    }
}
