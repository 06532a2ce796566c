package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.tenancy.AuditEntry;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is remembered of approvals beside what the runs ask. Methods block. */
@Singleton
final class ApprovalRows {
    private final RequestDatabase database;

    ApprovalRows(RequestDatabase database) {
        this.database = database;
    }

    /**
     * What is remembered.
     *
     * @param role another one than the run asked; empty for none
     * @param claimedBy empty for nobody
     */
    record Note(String role, String claimedBy, Optional<Instant> claimedAt) {
        static final Note NONE = new Note("", "", Optional.empty());

        boolean isClaimed() {
            return !claimedBy.isEmpty();
        }
    }

    /** What is remembered of some; of many nothing. */
    Map<String, Note> find(TenantId tenant, Collection<String> ids) {
        return ids.isEmpty() ? Map.of() : database.inTenant(tenant, connection -> find(connection, tenant, ids));
    }

    private static Map<String, Note> find(Connection connection, TenantId tenant, Collection<String> ids)
            throws SQLException {
        Map<String, Note> notes = new HashMap<>();
        try (var statement = connection.prepareStatement("""
                /* approval.find */
                SELECT approval_id, role, claimed_by, claimed_at FROM core.approval
                WHERE tenant_id = ? AND approval_id = ANY (?)""")) {
            statement.setObject(1, tenant.value());
            statement.setArray(2, connection.createArrayOf("text", ids.toArray()));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    notes.put(
                            rows.getString(1),
                            new Note(
                                    rows.getString(2),
                                    rows.getString(3),
                                    Optional.ofNullable(rows.getTimestamp(4)).map(Timestamp::toInstant)));
                }
            }
        }
        return notes;
    }

    /**
     * Takes it on for somebody, unless somebody has taken it on; what holds now.
     *
     * @param voidBefore who took it on before that, while it was for the role that the run asked first, has it no longer
     */
    Note claim(Principal who, String id, String by, Instant now, Instant voidBefore) {
        return database.inTenant(who.tenant(), connection -> {
            boolean claimed = update(
                    connection, """
                    /* approval.claim */
                    INSERT INTO core.approval (tenant_id, approval_id, role, claimed_by, claimed_at) VALUES (?, ?, '', ?, ?)
                    ON CONFLICT (tenant_id, approval_id)
                    DO UPDATE SET claimed_by = excluded.claimed_by, claimed_at = excluded.claimed_at
                    WHERE core.approval.claimed_by = '' OR core.approval.role = '' AND core.approval.claimed_at < ?""", who.tenant().value(), id, by, Timestamp.from(now), Timestamp.from(voidBefore));
            if (claimed) {
                audit(connection, who, now, "approval.claim", id, by);
            }
            return find(connection, who.tenant(), List.of(id)).get(id);
        });
    }

    /** Gives it back. */
    void release(Principal who, String id, Instant now) {
        database.inTenant(who.tenant(), connection -> {
            boolean released = update(connection, """
                    /* approval.release */
                    UPDATE core.approval SET claimed_by = '', claimed_at = NULL
                    WHERE tenant_id = ? AND approval_id = ? AND claimed_by <> ''""", who.tenant().value(), id);
            if (released) {
                audit(connection, who, now, "approval.release", id, "");
            }
            return released;
        });
    }

    /** Hands it to another role; nobody has taken it on then. */
    void escalate(Principal who, String id, String role, String reason, Instant now) {
        database.inTenant(who.tenant(), connection -> {
            audit(connection, who, now, "approval.escalate", id, role + ": " + reason);
            return update(connection, """
                    /* approval.escalate */
                    INSERT INTO core.approval (tenant_id, approval_id, role, claimed_by, claimed_at) VALUES (?, ?, ?, '', NULL)
                    ON CONFLICT (tenant_id, approval_id)
                    DO UPDATE SET role = excluded.role, claimed_by = '', claimed_at = NULL""", who.tenant().value(), id, role);
        });
    }

    /** Puts on record that somebody ended it. */
    void ended(Principal who, String id, String action, String by, Instant now) {
        database.inTenant(who.tenant(), connection -> {
            audit(connection, who, now, action, id, by);
            return true;
        });
    }

    /** It is over: nothing needs to be remembered. */
    void forget(TenantId tenant, String id) {
        database.inTenant(
                tenant,
                connection -> update(
                        connection,
                        "/* approval.forget */ DELETE FROM core.approval WHERE tenant_id = ? AND approval_id = ?",
                        tenant.value(),
                        id));
    }

    private static void audit(
            Connection connection, Principal who, Instant now, String action, String id, String detail)
            throws SQLException {
        new AuditEntry(who.tenant(), who.tokenId(), now, action, id, detail).store(connection);
    }

    private static boolean update(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate() > 0;
        }
    }
}
