package dev.millrace.controlplane.tenancy;

import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.engine.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * The database as requests may see it: connections of the role {@code millrace_request}, which row-level security binds to the
 * tenant that each transaction names. Methods block; safe for use by several threads.
 */
public final class RequestDatabase {
    private final DataSource connections;

    /**
     * @param connections whose connections work as {@code millrace_request}; the constructor does not connect
     */
    public RequestDatabase(DataSource connections) {
        this.connections = connections;
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Work<T> {
        T run(Connection connection) throws SQLException;
    }

    /**
     * Does the work in one transaction in which only the rows of this tenant exist.
     *
     * @throws DatabaseException when a statement fails; the transaction is rolled back then, as it is for any other exception
     */
    public <T> T inTenant(TenantId tenant, Work<T> work) {
        return inTransaction(connection -> {
            // The driver sends BEGIN along with its first statement: one round trip for both. The setting ends with the
            // transaction, so nothing of it stays on a connection that goes back to the pool.
            try (var statement =
                    connection.prepareStatement("/* tenancy.bind */ SELECT set_config('millrace.tenant', ?, true)")) {
                statement.setString(1, tenant.toString());
                statement.execute();
            }
            return work.run(connection);
        });
    }

    /** Whether the database answers in this time. */
    public boolean ping(Duration limit) {
        return withoutTenant(connection -> {
            try (var statement = connection.createStatement()) {
                statement.execute("SET LOCAL statement_timeout = " + limit.toMillis());
                return statement.execute("/* tenancy.ping */ SELECT 1");
            }
        });
    }

    /** Does the work without a tenant: every bound table refuses to answer. */
    <T> T withoutTenant(Work<T> work) {
        return inTransaction(work);
    }

    private <T> T inTransaction(Work<T> work) {
        try (var connection = connections.getConnection()) {
            connection.setAutoCommit(false);
            try {
                var result = work.run(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                rollback(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private static void rollback(Connection connection, Throwable cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
