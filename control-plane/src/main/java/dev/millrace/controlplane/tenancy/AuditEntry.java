package dev.millrace.controlplane.tenancy;

import dev.millrace.engine.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;

/**
 * Who changed what. Requests may add entries and never change them.
 *
 * @param tokenId the token that was presented; empty for what the server did by itself
 * @param action what was done, such as {@code token.create}
 * @param subject to what
 * @param detail what else is worth knowing; may be empty
 */
public record AuditEntry(TenantId tenant, String tokenId, Instant at, String action, String subject, String detail) {

    /** Adds the entry in the transaction of the change that it tells of. */
    public void store(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* audit.store */
                INSERT INTO core.audit (tenant_id, audit_id, at, token_id, action, subject, detail)
                VALUES (?, ?, ?, ?, ?, ?, ?)""")) {
            statement.setObject(1, tenant.value());
            statement.setObject(2, UuidV7.next());
            statement.setObject(3, at.atOffset(ZoneOffset.UTC));
            statement.setString(4, tokenId);
            statement.setString(5, action);
            statement.setString(6, subject);
            statement.setString(7, detail);
            statement.executeUpdate();
        }
    }
}
