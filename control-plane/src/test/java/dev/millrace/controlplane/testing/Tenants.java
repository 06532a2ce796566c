package dev.millrace.controlplane.testing;

import dev.millrace.controlplane.tenancy.TestTokens;
import java.sql.SQLException;
import java.util.UUID;

/** Further tenants, made past the doors, because there is no door that makes them. */
public final class Tenants {
    private Tenants() {}

    /** A tenant with one service. */
    public record Other(UUID tenant, String name, String token) {}

    /** Makes a tenant and a token with every permission for its only service. */
    public static Other create(TestControlPlane plane, String name) {
        var tenant = UUID.randomUUID();
        var service = UUID.randomUUID();
        try (var connection = plane.owner().getConnection()) {
            try (var insert = connection.prepareStatement("INSERT INTO core.tenant VALUES (?, ?, 0, now())")) {
                insert.setObject(1, tenant);
                insert.setString(2, name);
                insert.executeUpdate();
            }
            try (var insert = connection.prepareStatement("INSERT INTO core.service VALUES (?, ?, 'default', now())")) {
                insert.setObject(1, tenant);
                insert.setObject(2, service);
                insert.executeUpdate();
            }
            return new Other(tenant, name, TestTokens.all(connection, tenant, service));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
