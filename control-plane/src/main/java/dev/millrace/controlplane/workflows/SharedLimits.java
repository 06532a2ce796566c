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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Refuses a manifest that says something else of a limit than another workflow of the tenant: the two would take turns in changing
 * it for each other. Where people have set the limit at run time it does not matter what manifests say. Stateless.
 */
@Singleton
final class SharedLimits implements LatestVersionListener {
    /** A limit as a manifest has it. @param code of its kind in core.limit_setting */
    private record Named(int code, String name) {}

    /** @throws ApiException with {@link ErrorCode#LIMIT_CONFLICT} */
    @Override
    public void becameLatest(Connection connection, Principal by, Manifest manifest, Instant now) throws SQLException {
        var wanted = limits(manifest);
        if (wanted.isEmpty()) {
            return;
        }
        var set = set(connection, by);
        for (var other : sharing(connection, by, manifest, wanted.keySet())) {
            limits(other).forEach((limit, says) -> {
                var here = wanted.get(limit);
                if (here != null && !here.equals(says) && !set.contains(limit)) {
                    throw conflict(limit, here, other.workflow(), says);
                }
            });
        }
    }

    @Override
    public void committed(TenantId tenant, Manifest manifest) {
        // Nothing is kept here that could be outdated.
    }

    private static ApiException conflict(Named limit, String here, String workflow, String there) {
        return new ApiException(
                ErrorCode.LIMIT_CONFLICT,
                "Limit '" + limit.name() + "' is " + here + " in this manifest, but " + there + " in workflow '"
                        + workflow
                        + "', and a limit with a name is one for all workflows. Let both say the same, give one"
                        + " of them another name, or set the limit at run time, and it does not matter what they say.",
                "$");
    }

    /** The limits that have a name, with what is said of them. */
    private static Map<Named, String> limits(Manifest manifest) {
        Map<Named, String> limits =
                new TreeMap<>(Comparator.comparing(Named::code).thenComparing(Named::name));
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

    /** The newest versions of the other workflows in whose manifests one of the names stands. */
    private static List<Manifest> sharing(Connection connection, Principal by, Manifest manifest, Set<Named> wanted)
            throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* limit.sharing */
                SELECT v.manifest FROM core.workflow w
                JOIN core.version v ON v.tenant_id = w.tenant_id AND v.workflow = w.name AND v.hash = w.latest_version
                WHERE w.tenant_id = ? AND w.name <> ? AND EXISTS (
                  SELECT 1 FROM unnest(?::text[]) AS wanted (name)
                  WHERE position('"' || wanted.name || '"' IN convert_from(v.manifest, 'UTF8')) > 0)""")) {
            statement.setObject(1, by.tenant().value());
            statement.setString(2, manifest.workflow());
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "text", wanted.stream().map(Named::name).distinct().toArray()));
            List<Manifest> manifests = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    manifests.add(ManifestJson.read(rows.getBytes(1)));
                }
            }
            return manifests;
        }
    }
}
