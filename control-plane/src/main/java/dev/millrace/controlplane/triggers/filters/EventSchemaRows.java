package dev.millrace.controlplane.triggers.filters;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.AuditEntry;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Schemas of events, as rows. Methods block. */
@Singleton
final class EventSchemaRows {
    /** How many schemas a tenant may have. */
    static final int MAX_SCHEMAS = 1_000;

    private final RequestDatabase database;

    EventSchemaRows(RequestDatabase database) {
        this.database = database;
    }

    /** All of a tenant, by name. */
    List<EventSchema> list(TenantId tenant) {
        return database.inTenant(tenant, connection -> all(connection, tenant));
    }

    static List<EventSchema> all(Connection connection, TenantId tenant) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* eventSchema.all */
                SELECT event, schema, updated_at FROM core.event_schema WHERE tenant_id = ? ORDER BY event""")) {
            statement.setObject(1, tenant.value());
            return read(statement);
        }
    }

    Optional<EventSchema> find(TenantId tenant, String event) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("""
                    /* eventSchema.find */
                    SELECT event, schema, updated_at FROM core.event_schema WHERE tenant_id = ? AND event = ?""")) {
                statement.setObject(1, tenant.value());
                statement.setString(2, event);
                return read(statement).stream().findFirst();
            }
        });
    }

    /** @throws ApiException with {@link ErrorCode#QUOTA_EXCEEDED} */
    void put(Principal by, EventSchema schema) {
        database.inTenant(by.tenant(), connection -> {
            try (var statement = connection.prepareStatement("""
                    /* eventSchema.put */
                    INSERT INTO core.event_schema (tenant_id, event, schema, updated_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (tenant_id, event) DO UPDATE SET schema = excluded.schema, updated_at = excluded.updated_at""")) {
                statement.setObject(1, by.tenant().value());
                statement.setString(2, schema.event());
                statement.setBytes(3, schema.text());
                statement.setObject(4, schema.updatedAt().atOffset(ZoneOffset.UTC));
                statement.executeUpdate();
            }
            requireRoom(connection, by);
            changed(connection, by, "eventSchema.put", schema.event(), schema.updatedAt());
            return null;
        });
    }

    private static void requireRoom(Connection connection, Principal by) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* eventSchema.count */ SELECT count(*) FROM core.event_schema WHERE tenant_id = ?")) {
            statement.setObject(1, by.tenant().value());
            try (var rows = statement.executeQuery()) {
                rows.next();
                if (rows.getInt(1) > MAX_SCHEMAS) {
                    throw new ApiException(
                            ErrorCode.QUOTA_EXCEEDED,
                            "Tenant " + by.tenantName() + " has schemas for " + MAX_SCHEMAS
                                    + " names of events, which is the most. Delete one that is not needed.");
                }
            }
        }
    }

    /** @throws ApiException with {@link ErrorCode#EVENT_SCHEMA_NOT_FOUND} */
    void delete(Principal by, String event, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            try (var statement = connection.prepareStatement(
                    "/* eventSchema.delete */ DELETE FROM core.event_schema WHERE tenant_id = ? AND event = ?")) {
                statement.setObject(1, by.tenant().value());
                statement.setString(2, event);
                if (statement.executeUpdate() == 0) {
                    throw missing(event);
                }
            }
            changed(connection, by, "eventSchema.delete", event, now);
            return null;
        });
    }

    private static void changed(Connection connection, Principal by, String action, String event, Instant at)
            throws SQLException {
        FilterRows.changed(connection, by.tenant());
        new AuditEntry(by.tenant(), by.tokenId(), at, action, event, "").store(connection);
    }

    static ApiException missing(String event) {
        return new ApiException(
                ErrorCode.EVENT_SCHEMA_NOT_FOUND,
                "Events of the name \"" + event
                        + "\" have no schema. List those there are: GET /api/v1/event-schemas.");
    }

    private static List<EventSchema> read(PreparedStatement statement) throws SQLException {
        List<EventSchema> found = new ArrayList<>();
        try (var rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(new EventSchema(
                        rows.getString(1),
                        rows.getBytes(2),
                        rows.getObject(3, OffsetDateTime.class).toInstant()));
            }
        }
        return found;
    }
}
