package dev.millrace.controlplane.limits;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.AuditEntry;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** What people have set, as rows. Methods block. */
@Singleton
final class SettingRows {
    /** How many settings of one kind a tenant may have. */
    static final int MAX_SETTINGS = 1_000;

    private final RequestDatabase database;
    private final FixedCosts costs;

    SettingRows(RequestDatabase database, FixedCosts costs) {
        this.database = database;
        this.costs = costs;
    }

    /** Kinds of limits, by their codes in the table. */
    enum LimitKind {
        CONCURRENCY,
        RATE
    }

    /** What can be paused, by its code in the table. */
    enum Pausable {
        WORKFLOW,
        WORKER
    }

    /** @param period {@link Duration#ZERO} for a concurrency limit, as is {@code burst} */
    record LimitSetting(LimitKind kind, String name, long most, Duration period, long burst) {}

    /** @throws ApiException with {@link ErrorCode#QUOTA_EXCEEDED}, or when a step could never run with it */
    void set(Principal by, LimitSetting setting, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            requireRoom(connection, by, "core.limit_setting");
            costs.requireRoom(connection, by, setting);
            try (var statement = connection.prepareStatement("""
                /* limit.set */
                INSERT INTO core.limit_setting (tenant_id, kind, name, most, period_micros, burst, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (tenant_id, kind, name) DO UPDATE
                SET most = excluded.most, period_micros = excluded.period_micros, burst = excluded.burst,
                    updated_at = excluded.updated_at\
                """)) {
                statement.setObject(1, by.tenant().value());
                statement.setInt(2, setting.kind().ordinal());
                statement.setString(3, setting.name());
                statement.setLong(4, setting.most());
                statement.setLong(5, setting.period().toNanos() / 1000);
                statement.setLong(6, setting.burst());
                statement.setObject(7, now.atOffset(ZoneOffset.UTC));
                statement.executeUpdate();
            }
            var detail = setting.kind() == LimitKind.CONCURRENCY
                    ? String.valueOf(setting.most())
                    : setting.most() + " per " + setting.period() + ", burst " + setting.burst();
            audit(connection, by, now, "limit.set", setting.kind() + " " + setting.name(), detail);
            return null;
        });
    }

    /** @throws ApiException with {@link ErrorCode#LIMIT_NOT_FOUND} when nothing is set */
    void reset(Principal by, LimitKind kind, String name, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            try (var statement = connection.prepareStatement("""
                /* limit.reset */
                DELETE FROM core.limit_setting WHERE tenant_id = ? AND kind = ? AND name = ?\
                """)) {
                statement.setObject(1, by.tenant().value());
                statement.setInt(2, kind.ordinal());
                statement.setString(3, name);
                if (statement.executeUpdate() == 0) {
                    throw new ApiException(
                            ErrorCode.LIMIT_NOT_FOUND,
                            "Nothing is set for limit " + name + ": what manifests say holds already.");
                }
            }
            audit(connection, by, now, "limit.reset", kind + " " + name, "");
            return null;
        });
    }

    /** Pausing what is paused changes nothing. */
    void pause(Principal by, Pausable what, String name, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            requireRoom(connection, by, "core.pause");
            try (var statement = connection.prepareStatement("""
                /* pause.set */
                INSERT INTO core.pause (tenant_id, kind, name, since, set_by) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING\
                """)) {
                statement.setObject(1, by.tenant().value());
                statement.setInt(2, what.ordinal());
                statement.setString(3, name);
                statement.setObject(4, now.atOffset(ZoneOffset.UTC));
                statement.setString(5, by.described());
                if (statement.executeUpdate() > 0) {
                    audit(connection, by, now, "pause", what + " " + name, "");
                }
            }
            return null;
        });
    }

    /** Resuming what is not paused changes nothing. */
    void resume(Principal by, Pausable what, String name, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            try (var statement = connection.prepareStatement(
                    "/* pause.end */ DELETE FROM core.pause WHERE tenant_id = ? AND kind = ? AND name = ?")) {
                statement.setObject(1, by.tenant().value());
                statement.setInt(2, what.ordinal());
                statement.setString(3, name);
                if (statement.executeUpdate() > 0) {
                    audit(connection, by, now, "resume", what + " " + name, "");
                }
            }
            return null;
        });
    }

    /** Somebody sends a worker away. */
    void drained(Principal by, String worker, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            audit(connection, by, now, "drain", Pausable.WORKER + " " + worker, "");
            return null;
        });
    }

    private static void requireRoom(Connection connection, Principal by, String table) throws SQLException {
        if (count(connection, by.tenant(), table) >= MAX_SETTINGS) {
            throw new ApiException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "Tenant " + by.tenantName() + " has " + MAX_SETTINGS
                            + " settings of this kind, which is the most.");
        }
    }

    /** @param table one of the two above, never text from outside */
    private static int count(Connection connection, TenantId tenant, String table) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* setting.count */ SELECT count(*) FROM " + table + " WHERE tenant_id = ?")) {
            statement.setObject(1, tenant.value());
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    private static void audit(
            Connection connection, Principal by, Instant now, String action, String subject, String detail)
            throws SQLException {
        new AuditEntry(by.tenant(), by.tokenId(), now, action, subject, detail).store(connection);
    }
}
