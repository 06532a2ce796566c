package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.secrets.Sealed;
import dev.millrace.controlplane.tenancy.AuditEntry;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Named;
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
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;

/** Webhooks and the deliveries that they refused, as rows. Methods block. */
@Singleton
final class WebhookRows {
    /** How many webhooks a tenant may have. */
    static final int MAX_WEBHOOKS = 1_000;
    /** How many refused deliveries are kept of each. */
    static final int MAX_FAILURES = 100;

    private static final String COLUMNS =
            "tenant_id, webhook_id, service_id, name, source, scheme, secrets, event_name,"
                    + " event_data, event_scope, rate_per_minute, enabled, created_at, updated_at";

    private final RequestDatabase database;
    private final DataSource request;

    WebhookRows(RequestDatabase database, @Named("request") DataSource request) {
        this.database = database;
        this.request = request;
    }

    /** A delivery that was refused. */
    record Failure(UUID id, Instant at, String code, String message) {}

    /** The webhook at an address, whosever it is. */
    Optional<Webhook> at(UUID id) {
        return tenant(id).flatMap(tenant -> find(tenant, id));
    }

    private Optional<TenantId> tenant(UUID id) {
        try (var connection = request.getConnection();
                var statement = connection.prepareStatement("/* webhook.tenant */ SELECT core.webhook_tenant(?)")) {
            statement.setObject(1, id);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return Optional.ofNullable(rows.getObject(1, UUID.class)).map(TenantId::new);
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    Optional<Webhook> find(TenantId tenant, UUID id) {
        return database.inTenant(tenant, connection -> find(connection, tenant, id));
    }

    private static Optional<Webhook> find(Connection connection, TenantId tenant, UUID id) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* webhook.find */ SELECT " + COLUMNS + " FROM core.webhook WHERE tenant_id = ? AND webhook_id = ?")) {
            statement.setObject(1, tenant.value());
            statement.setObject(2, id);
            return read(statement).stream().findFirst();
        }
    }

    /** The webhooks after a name, by name. */
    List<Webhook> list(TenantId tenant, String afterName, int limit) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("/* webhook.list */ SELECT " + COLUMNS
                    + " FROM core.webhook WHERE tenant_id = ? AND name > ? ORDER BY name LIMIT ?")) {
                statement.setObject(1, tenant.value());
                statement.setString(2, afterName);
                statement.setInt(3, limit);
                return read(statement);
            }
        });
    }

    /** @throws ApiException with {@link ErrorCode#WEBHOOK_EXISTS} or {@link ErrorCode#QUOTA_EXCEEDED} */
    void create(Principal by, Webhook webhook) {
        database.inTenant(by.tenant(), connection -> {
            requireRoom(connection, by);
            try (var statement = connection.prepareStatement("""
                    /* webhook.create */
                    INSERT INTO core.webhook (name, source, scheme, secrets, event_name, event_data, event_scope,
                      rate_per_minute, enabled, updated_at, service_id, created_at, tenant_id, webhook_id)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""")) {
                int at = set(statement, webhook);
                statement.setObject(++at, webhook.service().value());
                statement.setObject(++at, webhook.createdAt().atOffset(ZoneOffset.UTC));
                statement.setObject(++at, by.tenant().value());
                statement.setObject(++at, webhook.id());
                if (statement.executeUpdate() == 0) {
                    throw new ApiException(
                            ErrorCode.WEBHOOK_EXISTS,
                            "There is a webhook " + webhook.name()
                                    + " already. Choose another name, or change that one.",
                            "$.name");
                }
            }
            audit(by, webhook.createdAt(), "webhook.create", webhook).store(connection);
            return null;
        });
    }

    private static void requireRoom(Connection connection, Principal by) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* webhook.count */ SELECT count(*) FROM core.webhook WHERE tenant_id = ?")) {
            statement.setObject(1, by.tenant().value());
            try (var rows = statement.executeQuery()) {
                rows.next();
                if (rows.getInt(1) >= MAX_WEBHOOKS) {
                    throw new ApiException(
                            ErrorCode.QUOTA_EXCEEDED,
                            "Tenant " + by.tenantName() + " has " + MAX_WEBHOOKS + " webhooks, which is the most.");
                }
            }
        }
    }

    /** What a webhook becomes. */
    @FunctionalInterface
    interface Change {
        /** @throws ApiException when it cannot be changed so */
        Webhook of(Webhook before);
    }

    /** @throws ApiException with {@link ErrorCode#WEBHOOK_NOT_FOUND}, or as the change does */
    Webhook update(Principal by, UUID id, Change change) {
        return database.inTenant(by.tenant(), connection -> {
            var after = change.of(find(connection, by.tenant(), id).orElseThrow(() -> missing(id)));
            try (var statement = connection.prepareStatement("""
                    /* webhook.update */
                    UPDATE core.webhook SET name = ?, source = ?, scheme = ?, secrets = ?, event_name = ?, event_data = ?,
                      event_scope = ?, rate_per_minute = ?, enabled = ?, updated_at = ?
                    WHERE tenant_id = ? AND webhook_id = ?""")) {
                int at = set(statement, after);
                statement.setObject(++at, by.tenant().value());
                statement.setObject(++at, id);
                statement.executeUpdate();
            }
            audit(by, after.updatedAt(), "webhook.update", after).store(connection);
            return after;
        });
    }

    /** @throws ApiException with {@link ErrorCode#WEBHOOK_NOT_FOUND} */
    void delete(Principal by, UUID id, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            var webhook = find(connection, by.tenant(), id).orElseThrow(() -> missing(id));
            try (var statement = connection.prepareStatement(
                    "/* webhook.delete */ DELETE FROM core.webhook WHERE tenant_id = ? AND webhook_id = ?")) {
                statement.setObject(1, by.tenant().value());
                statement.setObject(2, id);
                statement.executeUpdate();
            }
            audit(by, now, "webhook.delete", webhook).store(connection);
            return null;
        });
    }

    /** Remembers a refused delivery, and forgets the oldest beyond {@value #MAX_FAILURES}. */
    void failed(Webhook webhook, Instant at, String code, String message) {
        database.inTenant(webhook.tenant(), connection -> {
            try (var insert = connection.prepareStatement("""
                    /* webhook.failed */
                    INSERT INTO core.webhook_failure (tenant_id, webhook_id, failure_id, at, code, message)
                    SELECT tenant_id, webhook_id, ?, ?, ?, ? FROM core.webhook WHERE tenant_id = ? AND webhook_id = ?""");
                    var delete = connection.prepareStatement("""
                            /* webhook.forget */
                            DELETE FROM core.webhook_failure WHERE tenant_id = ? AND webhook_id = ? AND failure_id <= (
                              SELECT failure_id FROM core.webhook_failure WHERE tenant_id = ? AND webhook_id = ?
                              ORDER BY failure_id DESC OFFSET ? LIMIT 1)""")) {
                insert.setObject(1, UuidV7.next());
                insert.setObject(2, at.atOffset(ZoneOffset.UTC));
                insert.setString(3, code);
                insert.setString(4, message);
                insert.setObject(5, webhook.tenant().value());
                insert.setObject(6, webhook.id());
                insert.executeUpdate();
                delete.setObject(1, webhook.tenant().value());
                delete.setObject(2, webhook.id());
                delete.setObject(3, webhook.tenant().value());
                delete.setObject(4, webhook.id());
                delete.setInt(5, MAX_FAILURES);
                delete.executeUpdate();
            }
            return null;
        });
    }

    /** The refused deliveries, newest first. */
    List<Failure> failures(TenantId tenant, UUID webhook) {
        return database.inTenant(tenant, connection -> {
            if (find(connection, tenant, webhook).isEmpty()) {
                throw missing(webhook);
            }
            try (var statement = connection.prepareStatement("""
                    /* webhook.failures */
                    SELECT failure_id, at, code, message FROM core.webhook_failure
                    WHERE tenant_id = ? AND webhook_id = ? ORDER BY failure_id DESC LIMIT ?""")) {
                statement.setObject(1, tenant.value());
                statement.setObject(2, webhook);
                statement.setInt(3, MAX_FAILURES);
                List<Failure> failures = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        failures.add(new Failure(
                                rows.getObject(1, UUID.class),
                                rows.getObject(2, OffsetDateTime.class).toInstant(),
                                rows.getString(3),
                                rows.getString(4)));
                    }
                }
                return failures;
            }
        });
    }

    static ApiException missing(UUID id) {
        return new ApiException(
                ErrorCode.WEBHOOK_NOT_FOUND,
                "There is no webhook " + id + ". List those there are: GET /api/v1/webhooks.");
    }

    private static int set(PreparedStatement statement, Webhook webhook) throws SQLException {
        int at = 0;
        statement.setString(++at, webhook.name());
        statement.setString(++at, webhook.source().word());
        statement.setBytes(++at, webhook.details().bytes());
        statement.setArray(
                ++at,
                statement
                        .getConnection()
                        .createArrayOf(
                                "text",
                                webhook.secrets().stream().map(Sealed::text).toArray()));
        statement.setString(++at, webhook.eventName());
        statement.setString(++at, webhook.eventData());
        statement.setString(++at, webhook.eventScope());
        statement.setInt(++at, webhook.ratePerMinute());
        statement.setBoolean(++at, webhook.enabled());
        statement.setObject(++at, webhook.updatedAt().atOffset(ZoneOffset.UTC));
        return at;
    }

    private static List<Webhook> read(PreparedStatement statement) throws SQLException {
        List<Webhook> webhooks = new ArrayList<>();
        try (var rows = statement.executeQuery()) {
            while (rows.next()) {
                webhooks.add(new Webhook(
                        new TenantId(rows.getObject("tenant_id", UUID.class)),
                        rows.getObject("webhook_id", UUID.class),
                        new ServiceId(rows.getObject("service_id", UUID.class)),
                        rows.getString("name"),
                        WebhookSource.ofWord(rows.getString("source")),
                        WebhookSource.Details.read(rows.getBytes("scheme")),
                        Stream.of((String[]) rows.getArray("secrets").getArray())
                                .map(Sealed::new)
                                .toList(),
                        rows.getString("event_name"),
                        rows.getString("event_data"),
                        rows.getString("event_scope"),
                        rows.getInt("rate_per_minute"),
                        rows.getBoolean("enabled"),
                        rows.getObject("created_at", OffsetDateTime.class).toInstant(),
                        rows.getObject("updated_at", OffsetDateTime.class).toInstant()));
            }
        }
        return webhooks;
    }

    private static AuditEntry audit(Principal by, Instant at, String action, Webhook webhook) {
        return new AuditEntry(
                by.tenant(),
                by.tokenId(),
                at,
                action,
                webhook.id().toString(),
                webhook.name() + " from " + webhook.source().word() + (webhook.enabled() ? "" : " (disabled)"));
    }
}
