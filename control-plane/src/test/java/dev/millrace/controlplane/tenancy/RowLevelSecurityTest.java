package dev.millrace.controlplane.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.controlplane.testing.Tenants;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.TenantId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The second wall: what the database itself refuses, whatever our SQL says. */
class RowLevelSecurityTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private final RequestDatabase database = PLANE.context().getBean(RequestDatabase.class);

    private static List<String> strings(String sql) throws SQLException {
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    private static final String TENANT_TABLES = """
            SELECT format('%I.%I', n.nspname, c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('core', 'analytics') AND c.relkind IN ('r', 'p')
              AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT attisdropped)
            """;

    @Test
    void everyTableWithATenantHasRowLevelSecurity() throws SQLException {
        assertThat(strings(TENANT_TABLES)).contains("core.tenant", "core.token", "core.payload");
        assertThat(strings(TENANT_TABLES + " AND NOT c.relrowsecurity")).isEmpty();
    }

    @Test
    void everyTableWithATenantHasThePolicyOfTheTenant() throws SQLException {
        // A partition has none of its own: nobody is granted anything on it, and the policy of its parent holds.
        assertThat(strings(TENANT_TABLES + """
                         AND NOT c.relispartition AND NOT EXISTS (
                           SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant'
                           AND pg_get_expr(p.polqual, p.polrelid) LIKE '%tenant_id = %current_setting(''millrace.tenant''%'
                           AND pg_get_expr(p.polwithcheck, p.polrelid) LIKE '%tenant_id = %current_setting(''millrace.tenant''%')
                        """)).isEmpty();
    }

    @Test
    void requestsMayTouchNoTableThatHasNoPolicy() throws SQLException {
        assertThat(strings("""
                        SELECT format('%I.%I', n.nspname, c.relname)
                        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                          AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
                          AND (has_table_privilege('millrace_request', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
                            OR has_any_column_privilege('millrace_request', c.oid, 'SELECT, INSERT, UPDATE'))
                        """)).isEmpty();
    }

    @Test
    void theRoleOfRequestsCanNeitherBypassNorOwn() throws SQLException {
        assertThat(strings("""
                        SELECT rolname FROM pg_roles
                        WHERE rolname = 'millrace_request' AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcanlogin)""")).isEmpty();
        assertThat(strings("SELECT relname FROM pg_class WHERE relowner = 'millrace_request'::regrole"))
                .isEmpty();
        assertThat(database.<String>withoutTenant(connection -> {
                    try (var rows = connection.createStatement().executeQuery("SELECT current_user")) {
                        rows.next();
                        return rows.getString(1);
                    }
                }))
                .isEqualTo("millrace_request");
    }

    @Test
    void aRequestSeesOnlyItsTenantsRowsEvenWithoutAWhere() throws SQLException {
        var other = Tenants.create(PLANE, "rls-" + UUID.randomUUID());
        Workflow.register(PLANE, Workflow.chain("rls", "only"), PLANE.token());
        Workflow.register(PLANE, Workflow.chain("rls", "only"), other.token());
        for (var table : List.of("tenant", "service", "token", "workflow", "version", "audit")) {
            var seen = database.inTenant(new TenantId(other.tenant()), connection -> {
                try (var rows =
                        connection.createStatement().executeQuery("SELECT DISTINCT tenant_id FROM core." + table)) {
                    List<UUID> tenants = new ArrayList<>();
                    while (rows.next()) {
                        tenants.add(rows.getObject(1, UUID.class));
                    }
                    return tenants;
                }
            });
            assertThat(seen).as(table).containsExactly(other.tenant());
        }
    }

    @Test
    void aRequestCannotWriteIntoAnotherTenant() {
        var other = Tenants.create(PLANE, "rls-" + UUID.randomUUID());
        assertThatThrownBy(() -> database.inTenant(new TenantId(other.tenant()), connection -> {
                    try (var insert = connection.prepareStatement(
                            "INSERT INTO core.payload (tenant_id, hash, data, touched_at) VALUES (?, '\\x00', '\\x00', now())")) {
                        insert.setObject(1, UUID.randomUUID());
                        return insert.executeUpdate();
                    }
                }))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("row-level security");
    }

    @Test
    void withoutATenantAStatementFailsInsteadOfAnsweringNothing() {
        assertThatThrownBy(() -> database.withoutTenant(
                        connection -> connection.createStatement().executeQuery("SELECT * FROM core.token")))
                .isInstanceOf(DatabaseException.class);
        // And so on a connection that has had a tenant before.
        var tenant = new TenantId(UUID.randomUUID());
        database.inTenant(tenant, connection -> null);
        assertThatThrownBy(() -> database.withoutTenant(
                        connection -> connection.createStatement().executeQuery("SELECT * FROM core.token")))
                .isInstanceOf(DatabaseException.class);
    }

    @Test
    void versionsAndAuditEntriesCannotBeChanged() {
        for (var statement : List.of(
                "UPDATE core.version SET manifest = ''",
                "DELETE FROM core.version",
                "UPDATE core.audit SET action = ''",
                "DELETE FROM core.audit",
                "UPDATE core.token SET permissions = '{}'",
                "INSERT INTO core.tenant VALUES (gen_random_uuid(), 'x', 0, now())")) {
            assertThatThrownBy(() -> database.inTenant(
                            new TenantId(UUID.randomUUID()),
                            connection -> connection.createStatement().executeUpdate(statement)))
                    .as(statement)
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("42501");
        }
    }
}
