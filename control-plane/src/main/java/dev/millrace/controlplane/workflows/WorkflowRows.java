package dev.millrace.controlplane.workflows;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.AuditEntry;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.Visibility;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Workflows and their versions, as rows. Methods block. */
@Singleton
final class WorkflowRows {
    /** How many workflows a tenant may have. */
    static final int MAX_WORKFLOWS = 10_000;
    /** How many versions a workflow may have. */
    static final int MAX_VERSIONS = 10_000;

    // Later than every row, and still a date that the driver and the database agree on.
    private static final Instant END_OF_TIME = Instant.parse("9999-01-01T00:00:00Z");

    private final RequestDatabase database;

    WorkflowRows(RequestDatabase database) {
        this.database = database;
    }

    record WorkflowRow(
            String name, ServiceId owner, String ownerName, Visibility visibility, String latest, Instant createdAt) {
        boolean mayBeSeenBy(Principal who) {
            return visibility == Visibility.PUBLIC || owner.equals(who.service());
        }
    }

    record VersionRow(String workflow, String hash, String shape, Instant createdAt) {}

    /** @param changes how often anything had been registered when this was read */
    record StoredVersion(WorkflowRow workflow, VersionRow version, byte[] manifest, long changes) {}

    /** What is to be stored of a manifest. */
    record NewVersion(String workflow, String hash, String shape, Visibility visibility, byte[] manifest) {}

    /** The workflows after a name that the service may see, by name. */
    List<WorkflowRow> list(Principal who, String afterName, int limit) {
        return database.inTenant(who.tenant(), connection -> {
            try (var statement = connection.prepareStatement("""
                    /* workflow.list */
                    SELECT w.name, w.service_id, s.name AS service_name, w.visibility, w.latest_version, w.created_at
                    FROM core.workflow w JOIN core.service s ON s.tenant_id = w.tenant_id AND s.service_id = w.service_id
                    WHERE w.tenant_id = ? AND w.name > ? AND (w.visibility = ? OR w.service_id = ?)
                    ORDER BY w.name LIMIT ?""")) {
                statement.setObject(1, who.tenant().value());
                statement.setString(2, afterName);
                statement.setInt(3, code(Visibility.PUBLIC));
                statement.setObject(4, who.service().value());
                statement.setInt(5, limit);
                List<WorkflowRow> found = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(workflow(rows));
                    }
                }
                return found;
            }
        });
    }

    /** The workflow with this name. */
    Optional<WorkflowRow> find(TenantId tenant, String name) {
        return database.inTenant(tenant, connection -> find(connection, tenant, name, ""));
    }

    /** The newest versions of a workflow after a position in that order. */
    List<VersionRow> versions(TenantId tenant, String workflow, Optional<VersionRow> after, int limit) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("""
                    /* version.list */
                    SELECT workflow, hash, shape, created_at AS version_at FROM core.version
                    WHERE tenant_id = ? AND workflow = ? AND (created_at, hash) < (?, ?)
                    ORDER BY created_at DESC, hash DESC LIMIT ?""")) {
                statement.setObject(1, tenant.value());
                statement.setString(2, workflow);
                statement.setObject(
                        3, after.map(VersionRow::createdAt).orElse(END_OF_TIME).atOffset(ZoneOffset.UTC));
                statement.setString(4, after.map(VersionRow::hash).orElse(""));
                statement.setInt(5, limit);
                List<VersionRow> found = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        found.add(version(rows));
                    }
                }
                return found;
            }
        });
    }

    /**
     * The version that is wanted of a workflow: the one with this hash, else the newest with this shape, else the latest.
     *
     * @param hash empty for any
     * @param shape empty for any
     */
    Optional<StoredVersion> version(TenantId tenant, String workflow, String hash, String shape) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("""
                    /* version.find */
                    SELECT w.name, w.service_id, s.name AS service_name, w.visibility, w.latest_version, w.created_at,
                      v.workflow, v.hash, v.shape, v.created_at AS version_at, v.manifest,
                      core.changes_of_workflows() AS changes
                    FROM core.workflow w
                    JOIN core.service s ON s.tenant_id = w.tenant_id AND s.service_id = w.service_id
                    JOIN core.version v ON v.tenant_id = w.tenant_id AND v.workflow = w.name
                    WHERE w.tenant_id = ? AND w.name = ?
                      AND CASE WHEN ? <> '' THEN v.hash = ? WHEN ? <> '' THEN v.shape = ? ELSE v.hash = w.latest_version END
                    ORDER BY v.created_at DESC, v.hash DESC LIMIT 1""")) {
                statement.setObject(1, tenant.value());
                statement.setString(2, workflow);
                statement.setString(3, hash);
                statement.setString(4, hash);
                statement.setString(5, shape);
                statement.setString(6, shape);
                try (var rows = statement.executeQuery()) {
                    return rows.next()
                            ? Optional.of(new StoredVersion(
                                    workflow(rows), version(rows), rows.getBytes("manifest"), rows.getLong("changes")))
                            : Optional.empty();
                }
            }
        });
    }

    /** How often anything has been registered, by whomever; asked by way of one tenant, as everything is. */
    long changes(TenantId tenant) {
        return database.inTenant(tenant, connection -> {
            try (var statement =
                            connection.prepareStatement("/* workflow.changes */ SELECT core.changes_of_workflows()");
                    var rows = statement.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    /** What else is stored when a version becomes the latest. */
    @FunctionalInterface
    interface Together {
        void store(Connection connection) throws SQLException;
    }

    /**
     * Stores a version and, with the first one, its workflow.
     *
     * @param together stored in the same transaction, if the version is new
     * @return whether it is new
     * @throws ApiException with {@link ErrorCode#NOT_OWNER} or {@link ErrorCode#QUOTA_EXCEEDED}
     */
    boolean register(Principal by, NewVersion wanted, Instant now, Together together) {
        return database.inTenant(by.tenant(), connection -> {
            boolean first = insertWorkflow(connection, by, wanted, now);
            // Locked, so that two versions registered at once become the latest one after the other.
            var workflow = find(connection, by.tenant(), wanted.workflow(), "FOR UPDATE OF w")
                    .orElseThrow();
            if (!workflow.owner().equals(by.service())) {
                throw new ApiException(
                        ErrorCode.NOT_OWNER,
                        "Workflow " + wanted.workflow() + " belongs to service " + workflow.ownerName() + ", not to "
                                + by.serviceName() + ". Use a token of that service, or another name.",
                        "$.workflow");
            }
            if (first && workflows(connection, by.tenant()) > MAX_WORKFLOWS) {
                throw new ApiException(
                        ErrorCode.QUOTA_EXCEEDED,
                        "Tenant " + by.tenantName() + " has " + MAX_WORKFLOWS + " workflows, which is the most.");
            }
            if (!insertVersion(connection, by.tenant(), wanted, now)) {
                return false;
            }
            if (versions(connection, by.tenant(), wanted.workflow()) > MAX_VERSIONS) {
                throw new ApiException(
                        ErrorCode.QUOTA_EXCEEDED,
                        "Workflow " + wanted.workflow() + " has " + MAX_VERSIONS + " versions, which is the most.");
            }
            setLatest(connection, by.tenant(), wanted);
            together.store(connection);
            new AuditEntry(
                            by.tenant(),
                            by.tokenId(),
                            now,
                            "workflow.register",
                            wanted.workflow(),
                            "version " + wanted.hash())
                    .store(connection);
            return true;
        });
    }

    private static boolean insertWorkflow(Connection connection, Principal by, NewVersion wanted, Instant now)
            throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* workflow.create */
                INSERT INTO core.workflow (tenant_id, name, service_id, visibility, latest_version, created_at)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, name) DO NOTHING""")) {
            statement.setObject(1, by.tenant().value());
            statement.setString(2, wanted.workflow());
            statement.setObject(3, by.service().value());
            statement.setInt(4, code(wanted.visibility()));
            statement.setString(5, wanted.hash());
            statement.setObject(6, now.atOffset(ZoneOffset.UTC));
            return statement.executeUpdate() == 1;
        }
    }

    private static boolean insertVersion(Connection connection, TenantId tenant, NewVersion wanted, Instant now)
            throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* version.create */
                INSERT INTO core.version (tenant_id, workflow, hash, shape, manifest, created_at)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, workflow, hash) DO NOTHING""")) {
            statement.setObject(1, tenant.value());
            statement.setString(2, wanted.workflow());
            statement.setString(3, wanted.hash());
            statement.setString(4, wanted.shape());
            statement.setBytes(5, wanted.manifest());
            statement.setObject(6, now.atOffset(ZoneOffset.UTC));
            return statement.executeUpdate() == 1;
        }
    }

    private static void setLatest(Connection connection, TenantId tenant, NewVersion wanted) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* workflow.latest */
                UPDATE core.workflow SET latest_version = ?, visibility = ? WHERE tenant_id = ? AND name = ?""")) {
            statement.setString(1, wanted.hash());
            statement.setInt(2, code(wanted.visibility()));
            statement.setObject(3, tenant.value());
            statement.setString(4, wanted.workflow());
            statement.executeUpdate();
        }
    }

    private static int workflows(Connection connection, TenantId tenant) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* workflow.count */ SELECT count(*) FROM core.workflow WHERE tenant_id = ?")) {
            statement.setObject(1, tenant.value());
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private static int versions(Connection connection, TenantId tenant, String workflow) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* version.count */ SELECT count(*) FROM core.version WHERE tenant_id = ? AND workflow = ?")) {
            statement.setObject(1, tenant.value());
            statement.setString(2, workflow);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private static Optional<WorkflowRow> find(Connection connection, TenantId tenant, String name, String lock)
            throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* workflow.find */
                SELECT w.name, w.service_id, s.name AS service_name, w.visibility, w.latest_version, w.created_at
                FROM core.workflow w JOIN core.service s ON s.tenant_id = w.tenant_id AND s.service_id = w.service_id
                WHERE w.tenant_id = ? AND w.name = ?\s""" + lock)) {
            statement.setObject(1, tenant.value());
            statement.setString(2, name);
            try (var rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(workflow(rows)) : Optional.empty();
            }
        }
    }

    private static WorkflowRow workflow(ResultSet rows) throws SQLException {
        return new WorkflowRow(
                rows.getString("name"),
                new ServiceId(rows.getObject("service_id", UUID.class)),
                rows.getString("service_name"),
                rows.getInt("visibility") == code(Visibility.PUBLIC) ? Visibility.PUBLIC : Visibility.PRIVATE,
                rows.getString("latest_version"),
                rows.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static VersionRow version(ResultSet rows) throws SQLException {
        return new VersionRow(
                rows.getString("workflow"),
                rows.getString("hash"),
                rows.getString("shape"),
                rows.getObject("version_at", OffsetDateTime.class).toInstant());
    }

    private static int code(Visibility visibility) {
        return switch (visibility) {
            case PUBLIC -> 0;
            case PRIVATE -> 1;
        };
    }
}
