package dev.millrace.controlplane.tenancy;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The services of a tenant, as rows. */
@Singleton
final class ServiceRows {
    /** How many services a tenant may have. */
    static final int MAX_SERVICES = 1_000;

    private final RequestDatabase database;

    ServiceRows(RequestDatabase database) {
        this.database = database;
    }

    record ServiceRow(ServiceId id, String name, Instant createdAt) {}

    /** The services after a name, by name. */
    List<ServiceRow> list(TenantId tenant, String afterName, int limit) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("""
                    /* service.list */
                    SELECT service_id, name, created_at FROM core.service
                    WHERE tenant_id = ? AND name > ? ORDER BY name LIMIT ?""")) {
                statement.setObject(1, tenant.value());
                statement.setString(2, afterName);
                statement.setInt(3, limit);
                List<ServiceRow> services = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        services.add(new ServiceRow(
                                new ServiceId(rows.getObject("service_id", UUID.class)),
                                rows.getString("name"),
                                rows.getObject("created_at", OffsetDateTime.class)
                                        .toInstant()));
                    }
                }
                return services;
            }
        });
    }

    /**
     * Adds a service.
     *
     * @throws ApiException with {@link ErrorCode#SERVICE_EXISTS} or {@link ErrorCode#QUOTA_EXCEEDED}
     */
    ServiceRow create(Principal by, String name, Instant now) {
        var service = new ServiceRow(new ServiceId(UuidV7.next()), name, now);
        return database.inTenant(by.tenant(), connection -> {
            if (count(connection, by.tenant()) >= MAX_SERVICES) {
                throw new ApiException(
                        ErrorCode.QUOTA_EXCEEDED,
                        "Tenant " + by.tenantName() + " has " + MAX_SERVICES + " services, which is the most.");
            }
            try (var statement = connection.prepareStatement("""
                    /* service.create */
                    INSERT INTO core.service (tenant_id, service_id, name, created_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (tenant_id, name) DO NOTHING""")) {
                statement.setObject(1, by.tenant().value());
                statement.setObject(2, service.id().value());
                statement.setString(3, name);
                statement.setObject(4, now.atOffset(ZoneOffset.UTC));
                if (statement.executeUpdate() == 0) {
                    throw new ApiException(
                            ErrorCode.SERVICE_EXISTS,
                            "There is a service " + name + " already. Choose another name, or use that one.",
                            "$.name");
                }
            }
            new AuditEntry(by.tenant(), by.tokenId(), now, "service.create", name, "").store(connection);
            return service;
        });
    }

    private static int count(Connection connection, TenantId tenant) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* service.count */ SELECT count(*) FROM core.service WHERE tenant_id = ?")) {
            statement.setObject(1, tenant.value());
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    /** The service with this name. */
    static Optional<ServiceId> find(Connection connection, TenantId tenant, String name) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* service.find */ SELECT service_id FROM core.service WHERE tenant_id = ? AND name = ?")) {
            statement.setObject(1, tenant.value());
            statement.setString(2, name);
            try (var rows = statement.executeQuery()) {
                return rows.next()
                        ? Optional.of(new ServiceId(rows.getObject("service_id", UUID.class)))
                        : Optional.empty();
            }
        }
    }
}
