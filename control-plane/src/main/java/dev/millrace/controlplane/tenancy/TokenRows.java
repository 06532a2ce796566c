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
import java.util.Set;

/** The tokens of services, as rows. A secret is never among them, only its hash. */
@Singleton
final class TokenRows {
    /** How many tokens one service may have, revoked and expired ones included. */
    static final int MAX_TOKENS = 200;

    private final RequestDatabase database;

    TokenRows(RequestDatabase database) {
        this.database = database;
    }

    record TokenRow(
            String id,
            String name,
            List<String> permissions,
            List<String> roles,
            Instant createdAt,
            Instant expiresAt,
            boolean revoked) {}

    /** A token that is to be stored. */
    record NewToken(
            TokenText text,
            String name,
            Set<Permission> permissions,
            Set<Role> roles,
            Instant createdAt,
            Instant expiresAt) {}

    /**
     * The tokens of a service, newest first.
     *
     * @throws ApiException with {@link ErrorCode#SERVICE_NOT_FOUND}
     */
    List<TokenRow> list(TenantId tenant, String service) {
        return database.inTenant(tenant, connection -> {
            var serviceId = require(connection, tenant, service);
            try (var statement = connection.prepareStatement("""
                /* token.list */
                SELECT token_id, name, permissions, roles, created_at, expires_at, revoked_at IS NOT NULL AS revoked
                FROM core.token WHERE tenant_id = ? AND service_id = ? ORDER BY created_at DESC, token_id\
                """)) {
                statement.setObject(1, tenant.value());
                statement.setObject(2, serviceId.value());
                List<TokenRow> tokens = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        tokens.add(new TokenRow(
                                rows.getString("token_id"),
                                rows.getString("name"),
                                List.of((String[]) rows.getArray("permissions").getArray()),
                                List.of((String[]) rows.getArray("roles").getArray()),
                                rows.getObject("created_at", OffsetDateTime.class)
                                        .toInstant(),
                                rows.getObject("expires_at", OffsetDateTime.class)
                                        .toInstant(),
                                rows.getBoolean("revoked")));
                    }
                }
                return tokens;
            }
        });
    }

    /**
     * Stores a token for a service.
     *
     * @throws ApiException with {@link ErrorCode#SERVICE_NOT_FOUND} or {@link ErrorCode#QUOTA_EXCEEDED}
     */
    void create(Principal by, String service, NewToken token) {
        database.inTenant(by.tenant(), connection -> {
            var serviceId = require(connection, by.tenant(), service);
            insert(connection, by.tenant(), serviceId, token);
            if (count(connection, by.tenant(), serviceId) > MAX_TOKENS) {
                throw new ApiException(
                        ErrorCode.QUOTA_EXCEEDED,
                        "Service " + service + " has " + MAX_TOKENS + " tokens, which is the most. Use one of them.");
            }
            new AuditEntry(
                            by.tenant(),
                            by.tokenId(),
                            token.createdAt(),
                            "token.create",
                            token.text().id(),
                            "for service " + service)
                    .store(connection);
            return null;
        });
    }

    /**
     * Revokes a token of a service; revoking it again changes nothing.
     *
     * @throws ApiException with {@link ErrorCode#SERVICE_NOT_FOUND} or {@link ErrorCode#TOKEN_NOT_FOUND}
     */
    void revoke(Principal by, String service, String tokenId, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            var serviceId = require(connection, by.tenant(), service);
            try (var statement = connection.prepareStatement("""
                /* token.revoke */
                UPDATE core.token SET revoked_at = coalesce(revoked_at, ?)
                WHERE tenant_id = ? AND token_id = ? AND service_id = ?\
                """)) {
                statement.setObject(1, now.atOffset(ZoneOffset.UTC));
                statement.setObject(2, by.tenant().value());
                statement.setString(3, tokenId);
                statement.setObject(4, serviceId.value());
                if (statement.executeUpdate() == 0) {
                    throw new ApiException(
                            ErrorCode.TOKEN_NOT_FOUND, "Service " + service + " has no token " + tokenId + ".");
                }
            }
            new AuditEntry(by.tenant(), by.tokenId(), now, "token.revoke", tokenId, "of service " + service)
                    .store(connection);
            return null;
        });
    }

    static void insert(Connection connection, TenantId tenant, ServiceId service, NewToken token) throws SQLException {
        try (var statement = connection.prepareStatement("""
            /* token.insert */
            INSERT INTO core.token
              (tenant_id, token_id, service_id, name, secret_hash, permissions, created_at, expires_at, roles)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)\
            """)) {
            statement.setObject(1, tenant.value());
            statement.setString(2, token.text().id());
            statement.setObject(3, service.value());
            statement.setString(4, token.name());
            statement.setBytes(5, token.text().secretHash());
            statement.setArray(
                    6,
                    connection.createArrayOf(
                            "text",
                            token.permissions().stream()
                                    .map(Permission::wireName)
                                    .sorted()
                                    .toArray()));
            statement.setObject(7, token.createdAt().atOffset(ZoneOffset.UTC));
            statement.setObject(8, token.expiresAt().atOffset(ZoneOffset.UTC));
            statement.setArray(
                    9,
                    connection.createArrayOf(
                            "text",
                            token.roles().stream().map(Role::wireName).sorted().toArray()));
            statement.executeUpdate();
        }
    }

    private static int count(Connection connection, TenantId tenant, ServiceId service) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* token.count */ SELECT count(*) FROM core.token WHERE tenant_id = ? AND service_id = ?")) {
            statement.setObject(1, tenant.value());
            statement.setObject(2, service.value());
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private static ServiceId require(Connection connection, TenantId tenant, String service) throws SQLException {
        return ServiceRows.find(connection, tenant, service)
                .orElseThrow(
                        () -> new ApiException(ErrorCode.SERVICE_NOT_FOUND, "There is no service " + service + "."));
    }
}
