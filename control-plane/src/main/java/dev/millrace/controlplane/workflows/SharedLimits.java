package dev.millrace.controlplane.workflows;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.Durations;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Refuses a manifest that says something else of a limit than what holds, unless its workflow may change it. What holds is what the
 * newest version says that has the limit; so whoever's last version said just that may change it by its next, and all others are
 * refused until they say what holds: two workflows that disagree would take turns in changing it for each other. Where people have set
 * the limit at run time it does not matter what manifests say. Stateless.
 */
@Singleton
final class SharedLimits implements LatestVersionListener {
    /** A limit as a manifest has it. @param code of its kind in core.limit_setting */
    private record Named(int code, String name) {}

    private record Said(String workflow, Instant created, String text) {}

    private record Version(Manifest manifest, Instant created) {}

    private static final Comparator<Named> ORDER =
            Comparator.comparing(Named::code).thenComparing(Named::name);

    /** @throws ApiException with {@link ErrorCode#LIMIT_CONFLICT} */
    @Override
    public void becameLatest(Connection connection, Principal by, Manifest manifest, Instant now) throws SQLException {
        var wanted = limits(manifest);
        if (wanted.isEmpty()) {
            return;
        }
        var set = set(connection, by);
        Map<Named, Said> holding = new TreeMap<>(ORDER);
        Map<Named, String> former = new TreeMap<>(ORDER);
        for (var other : sharing(connection, by, manifest, wanted.keySet())) {
            limits(other.manifest())
                    .forEach((limit, says) ->
                            holding.putIfAbsent(limit, new Said(other.manifest().workflow(), other.created(), says)));
            if (other.manifest().workflow().equals(manifest.workflow())) {
                former.putAll(limits(other.manifest()));
            }
        }
        wanted.forEach((limit, here) -> {
            var holds = holding.get(limit);
            if (holds != null
                    && !holds.text().equals(here)
                    && !holds.text().equals(former.get(limit))
                    && !set.contains(limit)) {
                throw conflict(limit, here, holds);
            }
        });
    }

    @Override
    public void committed(TenantId tenant, Manifest manifest) {
        // Nothing is kept here that could be outdated.
    }

    private static ApiException conflict(Named limit, String here, Said holds) {
        return new ApiException(
                ErrorCode.LIMIT_CONFLICT,
                "Limit '" + limit.name() + "' is " + here + " in this manifest, but " + holds.text()
                        + " since workflow '"
                        + holds.workflow() + "' was registered at "
                        + holds.created().truncatedTo(ChronoUnit.SECONDS)
                        + ", and a limit with a name is one for all workflows. Let this manifest say the same, and its next"
                        + " version may change it for all; or give the limit another name here; or set it at run time, and"
                        + " it does not matter what manifests say.",
                "$");
    }

    /** The limits that have a name, with what is said of them. */
    private static Map<Named, String> limits(Manifest manifest) {
        Map<Named, String> limits = new TreeMap<>(ORDER);
        Stream.concat(Stream.of(manifest.sharing()), manifest.steps().stream().map(step -> step.sharing()))
                .flatMap(sharing -> sharing.concurrency().stream())
                .filter(limit -> !limit.name().isEmpty())
                .forEach(limit -> limits.put(new Named(0, limit.name()), said(limit)));
        manifest.rateLimits()
                .forEach(limit -> limits.put(
                        new Named(1, limit.name()),
                        limit.limit() + " per " + Durations.format(limit.period()) + " with a burst of "
                                + limit.burst()));
        return limits;
    }

    private static String said(ConcurrencySpec limit) {
        return limit.limit() + " at once with " + limit.strategy();
    }

    private static Set<Named> set(Connection connection, Principal by) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* limit.names */ SELECT kind, name FROM core.limit_setting WHERE tenant_id = ?")) {
            statement.setObject(1, by.tenant().value());
            Set<Named> set = new HashSet<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    set.add(new Named(rows.getInt(1), rows.getString(2)));
                }
            }
            return set;
        }
    }

    /**
     * The newest versions of the other workflows, and the one before of its own, in whose manifests one of the names stands; newest
     * first.
     */
    private static List<Version> sharing(Connection connection, Principal by, Manifest manifest, Set<Named> wanted)
            throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* limit.sharing */
                SELECT v.manifest, v.created_at FROM core.workflow w
                JOIN core.version v ON v.tenant_id = w.tenant_id AND v.workflow = w.name AND v.hash = CASE
                  WHEN w.name <> ? THEN w.latest_version
                  ELSE (SELECT before.hash FROM core.version before
                        WHERE before.tenant_id = w.tenant_id AND before.workflow = w.name
                          AND before.hash <> w.latest_version
                        ORDER BY before.created_at DESC LIMIT 1) END
                WHERE w.tenant_id = ? AND EXISTS (
                  SELECT 1 FROM unnest(?::text[]) AS wanted (name)
                  WHERE position('"' || wanted.name || '"' IN convert_from(v.manifest, 'UTF8')) > 0)
                ORDER BY v.created_at DESC, w.name""")) {
            statement.setString(1, manifest.workflow());
            statement.setObject(2, by.tenant().value());
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "text", wanted.stream().map(Named::name).distinct().toArray()));
            List<Version> versions = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.add(new Version(
                            ManifestJson.read(rows.getBytes(1)),
                            rows.getObject(2, OffsetDateTime.class).toInstant()));
                }
            }
            return versions;
        }
    }
}
