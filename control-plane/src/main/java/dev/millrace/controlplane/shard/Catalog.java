package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.engine.Command;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.RateLimitSpec;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/** The configuration that shards need: which shards there are, who lives in them, and their versions. Methods block. */
final class Catalog {
    private final DataSource owner;

    Catalog(DataSource owner) {
        this.owner = owner;
    }

    /**
     * How many shards there are. Decided once, when the database is new.
     *
     * @param wanted how many a new database gets
     */
    int shards(int wanted) {
        try (var connection = owner.getConnection();
                var statement = connection.prepareStatement("""
                    /* catalog.shards */
                    WITH existing AS (SELECT count(*) AS n FROM core.shard),
                    added AS (
                      INSERT INTO core.shard (shard) SELECT k FROM existing, generate_series(0, ? - 1) k WHERE existing.n = 0
                      ON CONFLICT DO NOTHING RETURNING shard),
                    projected AS (INSERT INTO core.projection (shard) SELECT shard FROM added ON CONFLICT DO NOTHING)
                    SELECT n + (SELECT count(*) FROM added) FROM existing\
                    """)) {
            statement.setInt(1, wanted);
            try (var rows = statement.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** All tenants and where they live. */
    Map<TenantId, Integer> tenants() {
        try (var connection = owner.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("/* catalog.tenants */ SELECT tenant_id, shard FROM core.tenant")) {
            Map<TenantId, Integer> tenants = new HashMap<>();
            while (rows.next()) {
                tenants.put(new TenantId(rows.getObject(1, UUID.class)), rows.getInt(2));
            }
            return tenants;
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Where a tenant lives, if there is such a tenant. */
    OptionalInt shardOf(TenantId tenant) {
        try (var connection = owner.getConnection();
                var statement = connection.prepareStatement(
                        "/* catalog.tenant */ SELECT shard FROM core.tenant WHERE tenant_id = ?")) {
            statement.setObject(1, tenant.value());
            try (var rows = statement.executeQuery()) {
                return rows.next() ? OptionalInt.of(rows.getInt(1)) : OptionalInt.empty();
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    /** Every version of the tenants of a shard. */
    List<Command.DefineVersion> versions(int shard) {
        try (var connection = owner.getConnection();
                var statement = connection.prepareStatement("""
                    /* catalog.versions */
                    SELECT v.tenant_id, w.service_id, v.workflow, v.hash, v.manifest
                    FROM core.tenant t
                    JOIN core.version v ON v.tenant_id = t.tenant_id
                    JOIN core.workflow w ON w.tenant_id = v.tenant_id AND w.name = v.workflow
                    WHERE t.shard = ? ORDER BY v.tenant_id, v.created_at, v.workflow, v.hash\
                    """)) {
            statement.setInt(1, shard);
            List<Command.DefineVersion> versions = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    versions.add(new Command.DefineVersion(
                            new TenantId(rows.getObject(1, UUID.class)),
                            new ServiceId(rows.getObject(2, UUID.class)),
                            new VersionRef(rows.getString(3), rows.getString(4)),
                            ManifestJson.read(rows.getBytes(5))));
                }
            }
            return versions;
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    // ---- what people have set ----

    /** What is set for each tenant of a shard for which something is. */
    Map<TenantId, TenantConfig> configs(int shard) {
        return configs("t.shard = ?", statement -> statement.setInt(1, shard));
    }

    /** What is set for a tenant. */
    TenantConfig config(TenantId tenant) {
        return configs("t.tenant_id = ?", statement -> statement.setObject(1, tenant.value()))
                .getOrDefault(tenant, TenantConfig.NONE);
    }

    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    /** @param where one of the two conditions above, never text from outside */
    private Map<TenantId, TenantConfig> configs(String where, Binding binding) {
        Map<TenantId, Settings> found = new HashMap<>();
        // One statement, so that limits and pauses are of one moment.
        try (var connection = owner.getConnection();
                var statement = connection.prepareStatement("""
                    /* catalog.configs */
                    SELECT t.tenant_id, s.kind, s.name, s.most, s.period_micros, s.burst, s.since, s.set_by
                    FROM core.tenant t JOIN (
                      SELECT tenant_id, kind, name, most, period_micros, burst, NULL::timestamptz AS since, '' AS set_by
                      FROM core.limit_setting
                      UNION ALL
                      SELECT tenant_id, kind + 2, name, 0, 0, 0, since, set_by FROM core.pause) s USING (tenant_id)
                    WHERE\s\
                    """ + where)) {
            binding.bind(statement);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.computeIfAbsent(new TenantId(rows.getObject(1, UUID.class)), any -> new Settings())
                            .add(rows);
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
        Map<TenantId, TenantConfig> configs = new HashMap<>();
        found.forEach((tenant, settings) -> configs.put(tenant, settings.config()));
        return configs;
    }

    /** What is set for one tenant, row by row. */
    private static final class Settings {
        private final Map<String, Integer> concurrency = new HashMap<>();
        private final Map<String, RateLimitSpec> rates = new HashMap<>();
        private final Map<String, TenantConfig.Pause> workflows = new HashMap<>();
        private final Set<WorkerId> workers = new HashSet<>();

        void add(ResultSet row) throws SQLException {
            var name = row.getString("name");
            switch (row.getInt("kind")) {
                case 0 -> concurrency.put(name, Math.toIntExact(row.getLong("most")));
                case 1 ->
                    rates.put(
                            name,
                            new RateLimitSpec(
                                    name,
                                    row.getLong("most"),
                                    Duration.of(row.getLong("period_micros"), ChronoUnit.MICROS),
                                    row.getLong("burst")));
                case 2 ->
                    workflows.put(
                            name,
                            new TenantConfig.Pause(
                                    row.getObject("since", OffsetDateTime.class).toInstant(), row.getString("set_by")));
                case 3 -> workers.add(new WorkerId(UUID.fromString(name)));
                default -> throw new IllegalStateException("No setting of kind " + row.getInt("kind") + " is known.");
            }
        }

        TenantConfig config() {
            return new TenantConfig(concurrency, rates, workflows, workers);
        }
    }
}
