package dev.millrace.controlplane.tenancy;

import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Tokens made past the doors. */
public final class TestTokens {
    private TestTokens() {}

    /** A token with every permission. */
    public static String all(Connection connection, UUID tenant, UUID service) throws SQLException {
        return create(
                connection,
                tenant,
                service,
                Arrays.stream(Permission.values())
                        .filter(Permission::isGrantable)
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Permission.class))),
                Instant.now().plus(Duration.ofHours(1)));
    }

    static String create(
            Connection connection, UUID tenant, UUID service, Set<Permission> permissions, Instant expiresAt)
            throws SQLException {
        var text = TokenText.random(new SecureRandom());
        TokenRows.insert(
                connection,
                new TenantId(tenant),
                new ServiceId(service),
                new TokenRows.NewToken(text, "test", permissions, Set.of(), Instant.now(), expiresAt));
        return text.text();
    }
}
