package dev.millrace.controlplane.triggers;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.Principal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What tables of triggers have in common: each row starts one workflow, stands in its manifest or was made at run time, and may be seen by
 * whoever may see the workflow. To be used in a transaction that is bound to the tenant. Safe for use by several threads; methods
 * block.
 *
 * @param <T> what a row is read as
 */
public final class RowsOfWorkflows<T> {

    /** Makes one of a row. */
    @FunctionalInterface
    public interface Reading<T> {
        T of(ResultSet row) throws SQLException;
    }

    private final String what;
    private final String columns;
    private final int most;
    private final Reading<T> reading;

    /**
     * Of a table.
     *
     * @param what the name of the table, in schema core; its key is this with {@code _id}. Never text from outside, nor are the columns
     * @param columns with the table as {@code c}
     * @param most how many rows a tenant may have, those of manifests included
     */
    public RowsOfWorkflows(String what, String columns, int most, Reading<T> reading) {
        this.what = what;
        this.columns = columns;
        this.most = most;
        this.reading = reading;
    }

    /**
     * Those after an id that the service may see, oldest first.
     *
     * @param workflow only of this one
     */
    public List<T> list(Connection connection, Principal who, Optional<String> workflow, UUID after, int limit)
            throws SQLException {
        try (var statement = connection.prepareStatement(select("list") + " AND c." + what
                + "_id > ? AND (? = '' OR c.workflow = ?) ORDER BY c." + what + "_id LIMIT ?")) {
            bind(statement, who);
            statement.setObject(3, after);
            statement.setString(4, workflow.orElse(""));
            statement.setString(5, workflow.orElse(""));
            statement.setInt(6, limit);
            return read(statement);
        }
    }

    /** The one with this id, if the service may see it. */
    public Optional<T> find(Connection connection, Principal who, UUID id) throws SQLException {
        return one(connection, select("find") + " AND c." + what + "_id = ?", who, id);
    }

    /** As {@link #find}, for who is about to change it: nobody else does before the end of the transaction. */
    public Optional<T> lock(Connection connection, Principal who, UUID id) throws SQLException {
        return one(connection, select("lock") + " AND c." + what + "_id = ? FOR UPDATE OF c", who, id);
    }

    private Optional<T> one(Connection connection, String sql, Principal who, UUID id) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            bind(statement, who);
            statement.setObject(3, id);
            return read(statement).stream().findFirst();
        }
    }

    private String select(String name) {
        return "/* " + what + "." + name + " */ SELECT " + columns + " FROM core." + what
                + " c JOIN core.workflow w ON w.tenant_id = c.tenant_id AND w.name = c.workflow"
                + " WHERE c.tenant_id = ? AND (w.visibility = 0 OR w.service_id = ?)";
    }

    private static void bind(PreparedStatement statement, Principal who) throws SQLException {
        statement.setObject(1, who.tenant().value());
        statement.setObject(2, who.service().value());
    }

    /** Deletes one. */
    public void delete(Connection connection, Principal by, UUID id) throws SQLException {
        try (var statement = connection.prepareStatement("/* " + what + ".delete */ DELETE FROM core." + what
                + " WHERE tenant_id = ? AND " + what + "_id = ?")) {
            statement.setObject(1, by.tenant().value());
            statement.setObject(2, id);
            statement.executeUpdate();
        }
    }

    /** Deletes what the manifest of a workflow does not say any more. */
    public void keepOfManifest(Connection connection, Principal by, String workflow, Collection<UUID> said)
            throws SQLException {
        try (var statement = connection.prepareStatement("/* " + what + ".replace */ DELETE FROM core." + what
                + " WHERE tenant_id = ? AND workflow = ? AND source = 0 AND " + what + "_id <> ALL (?)")) {
            statement.setObject(1, by.tenant().value());
            statement.setString(2, workflow);
            statement.setArray(3, connection.createArrayOf("uuid", said.toArray()));
            statement.executeUpdate();
        }
    }

    /** @throws ApiException with {@link ErrorCode#QUOTA_EXCEEDED} when the tenant has as many as it may */
    public void requireRoom(Connection connection, Principal by) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* " + what + ".count */ SELECT count(*) FROM core." + what + " WHERE tenant_id = ?")) {
            statement.setObject(1, by.tenant().value());
            try (var rows = statement.executeQuery()) {
                rows.next();
                if (rows.getInt(1) >= most) {
                    throw new ApiException(
                            ErrorCode.QUOTA_EXCEEDED,
                            "Tenant " + by.tenantName() + " has " + most + " " + what + "s, which is the most.");
                }
            }
        }
    }

    /** Runs a query for {@link #columns} whose parameters are set. */
    public List<T> read(PreparedStatement statement) throws SQLException {
        List<T> all = new ArrayList<>();
        try (var rows = statement.executeQuery()) {
            while (rows.next()) {
                all.add(reading.of(rows));
            }
        }
        return all;
    }
}
