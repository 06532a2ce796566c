package dev.millrace.controlplane.tenancy;

import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.sql.Array;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Tells who presents a token. What the database said of a token, yes or no, is believed for {@link #BELIEF}, so a revoked token
 * may still pass for that long on an instance other than the one that revoked it. Safe for use by several threads.
 */
@Singleton
public final class Credentials {
    /** How long an answer of the database is believed. */
    static final Duration BELIEF = Duration.ofSeconds(5);

    private static final int MAX_REMEMBERED = 10_000;

    private final RequestDatabase database;
    private final Clock clock;
    private final Map<TokenText, Answer> answers = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TokenText, Answer> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    // Rises with every revocation here, so that an answer which was on its way meanwhile is not remembered.
    private long revocations;

    Credentials(RequestDatabase database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    private record Answer(Optional<Principal> principal, Instant until) {}

    /**
     * Whose token this is, if that can be told without asking the database. Does not block.
     *
     * @return empty when the database must be asked; an empty principal when the token is not valid
     */
    Optional<Optional<Principal>> known(String presented) {
        var text = TokenText.parse(presented);
        if (text.isEmpty()) {
            return Optional.of(Optional.empty());
        }
        var now = clock.instant();
        synchronized (answers) {
            var answer = answers.get(text.get());
            return answer == null || answer.until.isBefore(now)
                    ? Optional.empty()
                    : Optional.of(answer.principal.filter(
                            principal -> principal.expiresAt().isAfter(now)));
        }
    }

    /**
     * Whose token this is; empty when it is malformed, unknown, revoked or expired. May ask the database, and so block.
     *
     * @throws dev.millrace.controlplane.errors.DatabaseException when the database cannot be asked
     */
    public Optional<Principal> authenticate(String presented) {
        var known = known(presented);
        if (known.isPresent()) {
            return known.get();
        }
        var text = TokenText.parse(presented).orElseThrow();
        long before;
        synchronized (answers) {
            before = revocations;
        }
        var now = clock.instant();
        var principal = ask(text).filter(found -> found.expiresAt().isAfter(now));
        synchronized (answers) {
            if (before == revocations) {
                answers.put(text, new Answer(principal, now.plus(BELIEF)));
            }
        }
        return principal;
    }

    /** A token has been revoked here: it is refused from now on. */
    void revoked(String tokenId) {
        synchronized (answers) {
            revocations++;
            answers.keySet().removeIf(text -> text.id().equals(tokenId));
        }
        listeners.forEach(listener -> listener.accept(tokenId));
    }

    /** Tells of every token that is revoked at this instance. */
    public void onRevoked(Consumer<String> listener) {
        listeners.add(listener);
    }

    /**
     * Which of these tokens have been revoked, at whatever instance. Blocks.
     *
     * @throws dev.millrace.controlplane.errors.DatabaseException when the database cannot be asked
     */
    public Set<String> revokedAmong(Set<String> tokenIds) {
        return database.withoutTenant(connection -> {
            try (var statement = connection.prepareStatement(
                    "/* tenancy.revoked */ SELECT token_id FROM core.revoked_among(?) AS token_id")) {
                statement.setArray(1, connection.createArrayOf("text", tokenIds.toArray()));
                Set<String> revoked = new HashSet<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        revoked.add(rows.getString(1));
                    }
                }
                return revoked;
            }
        });
    }

    private Optional<Principal> ask(TokenText text) {
        return database.withoutTenant(connection -> {
            try (var statement = connection.prepareStatement("""
                /* tenancy.credential */
                SELECT tenant_id, tenant_name, service_id, service_name, secret_hash, permissions, roles, expires_at, revoked
                FROM core.credential(?)\
                """)) {
                statement.setString(1, text.id());
                try (var rows = statement.executeQuery()) {
                    // The hash is compared in constant time, and a revoked token is no different from one that never
                    // was.
                    if (!rows.next()
                            || !MessageDigest.isEqual(rows.getBytes("secret_hash"), text.secretHash())
                            || rows.getBoolean("revoked")) {
                        return Optional.empty();
                    }
                    var roles = roles(rows.getArray("roles"));
                    return Optional.of(new Principal(
                            new TenantId(rows.getObject("tenant_id", UUID.class)),
                            rows.getString("tenant_name"),
                            new ServiceId(rows.getObject("service_id", UUID.class)),
                            rows.getString("service_name"),
                            text.id(),
                            permissions(rows.getArray("permissions"), roles),
                            roles,
                            rows.getObject("expires_at", OffsetDateTime.class).toInstant()));
                }
            }
        });
    }

    /** A name that this server does not know, from a newer one, allows nothing here. */
    private static Set<Role> roles(Array names) throws SQLException {
        var roles = EnumSet.noneOf(Role.class);
        for (var name : (String[]) names.getArray()) {
            Role.named(name).ifPresent(roles::add);
        }
        return roles;
    }

    private static Set<Permission> permissions(Array names, Set<Role> roles) throws SQLException {
        var permissions = EnumSet.noneOf(Permission.class);
        roles.forEach(role -> permissions.addAll(role.permissions()));
        for (var name : (String[]) names.getArray()) {
            Permission.grantable(name).ifPresent(permissions::add);
        }
        return permissions;
    }
}
