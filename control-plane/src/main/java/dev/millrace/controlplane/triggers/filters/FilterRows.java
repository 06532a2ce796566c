package dev.millrace.controlplane.triggers.filters;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.AuditEntry;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.controlplane.triggers.RowsOfWorkflows;
import dev.millrace.controlplane.triggers.filters.Filter.Source;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Filters, as rows. Methods block. */
@Singleton
final class FilterRows {
    /** How many filters a tenant may have, those of manifests included. */
    static final int MAX_FILTERS = 10_000;

    private static final String COLUMNS = "c.filter_id, c.workflow, c.service_id, c.source, c.pattern, c.scope,"
            + " c.condition, c.enabled, c.created_at, c.updated_at";

    private static final RowsOfWorkflows<Filter> ROWS =
            new RowsOfWorkflows<>("filter", COLUMNS, MAX_FILTERS, FilterRows::filter);

    private final RequestDatabase database;

    FilterRows(RequestDatabase database) {
        this.database = database;
    }

    /**
     * Everything that may decide.
     *
     * @param revision at which it is so
     * @param latest the hash of the latest version of each workflow that has filters
     * @param schemas what events of some names look like
     */
    record Known(long revision, List<Filter> filters, Map<String, String> latest, List<EventSchema> schemas) {}

    long revision(TenantId tenant) {
        return database.inTenant(tenant, connection -> revision(connection, tenant));
    }

    Known all(TenantId tenant) {
        return database.inTenant(tenant, connection -> {
            // Before the filters: what changes meanwhile is then read once more, and not missed.
            long revision = revision(connection, tenant);
            try (var statement = connection.prepareStatement("/* filter.all */ SELECT " + COLUMNS + """
                , w.latest_version
                FROM core.filter c JOIN core.workflow w ON w.tenant_id = c.tenant_id AND w.name = c.workflow
                WHERE c.tenant_id = ?\
                """)) {
                statement.setObject(1, tenant.value());
                List<Filter> filters = new ArrayList<>();
                Map<String, String> latest = new HashMap<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        filters.add(filter(rows));
                        latest.put(rows.getString("workflow"), rows.getString("latest_version"));
                    }
                }
                return new Known(revision, filters, latest, EventSchemaRows.all(connection, tenant));
            }
        });
    }

    /** The filters after an id whose workflows the service may see, oldest first. */
    List<Filter> list(Principal who, Optional<String> workflow, UUID after, int limit) {
        return database.inTenant(who.tenant(), connection -> ROWS.list(connection, who, workflow, after, limit));
    }

    /** The filter, if its workflow may be seen by the service. */
    Optional<Filter> find(Principal who, UUID id) {
        return database.inTenant(who.tenant(), connection -> ROWS.find(connection, who, id));
    }

    /** @throws ApiException with {@link ErrorCode#QUOTA_EXCEEDED} */
    void create(Principal by, Filter filter) {
        database.inTenant(by.tenant(), connection -> {
            ROWS.requireRoom(connection, by);
            insert(connection, by.tenant(), filter);
            changed(connection, by.tenant());
            audit(by, filter.createdAt(), "filter.create", filter).store(connection);
            return null;
        });
    }

    /** What a filter becomes. */
    @FunctionalInterface
    interface Change {
        /** @throws ApiException when it cannot be changed so */
        Filter of(Filter before);
    }

    /** @throws ApiException with {@link ErrorCode#FILTER_NOT_FOUND}, or as the change does */
    Filter update(Principal by, UUID id, Change change) {
        return database.inTenant(by.tenant(), connection -> {
            var after = change.of(ROWS.lock(connection, by, id).orElseThrow(() -> missing(id)));
            try (var statement = connection.prepareStatement("""
                /* filter.update */
                UPDATE core.filter SET pattern = ?, scope = ?, condition = ?, enabled = ?, updated_at = ?
                WHERE tenant_id = ? AND filter_id = ?\
                """)) {
                statement.setString(1, after.pattern());
                statement.setString(2, after.scope());
                statement.setString(3, after.condition());
                statement.setBoolean(4, after.enabled());
                statement.setObject(5, after.updatedAt().atOffset(ZoneOffset.UTC));
                statement.setObject(6, by.tenant().value());
                statement.setObject(7, id);
                statement.executeUpdate();
            }
            changed(connection, by.tenant());
            audit(by, after.updatedAt(), "filter.update", after).store(connection);
            return after;
        });
    }

    /** @throws ApiException with {@link ErrorCode#FILTER_NOT_FOUND} or {@link ErrorCode#FROM_MANIFEST} */
    void delete(Principal by, UUID id, Instant now) {
        database.inTenant(by.tenant(), connection -> {
            var filter = ROWS.lock(connection, by, id).orElseThrow(() -> missing(id));
            if (filter.source() == Source.MANIFEST) {
                throw new ApiException(
                        ErrorCode.FROM_MANIFEST,
                        "Filter " + id + " stands in the manifest of " + filter.workflow()
                                + ". Disable it, or register a version without it.");
            }
            ROWS.delete(connection, by, id);
            changed(connection, by.tenant());
            audit(by, now, "filter.delete", filter).store(connection);
            return null;
        });
    }

    static ApiException missing(UUID id) {
        return new ApiException(
                ErrorCode.FILTER_NOT_FOUND,
                "There is no filter " + id + ". List those there are: GET /api/v1/filters.");
    }

    /** Replaces what the manifest before said; a filter that both have stays as it is, switched off or not. */
    static void replace(Connection connection, Principal by, String workflow, List<Filter> wanted) throws SQLException {
        ROWS.keepOfManifest(
                connection, by, workflow, wanted.stream().map(Filter::id).toList());
        int added = 0;
        for (var filter : wanted) {
            added += insert(connection, by.tenant(), filter);
        }
        if (added > 0) {
            ROWS.requireRoom(connection, by);
        }
        // Also when no filter is another: what those made at run time may ask of an event follows from the version.
        changed(connection, by.tenant());
    }

    private static int insert(Connection connection, TenantId tenant, Filter filter) throws SQLException {
        try (var statement = connection.prepareStatement("""
            /* filter.create */
            INSERT INTO core.filter (tenant_id, filter_id, workflow, service_id, source, pattern, scope, condition,
              enabled, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, filter_id) DO NOTHING\
            """)) {
            statement.setObject(1, tenant.value());
            statement.setObject(2, filter.id());
            statement.setString(3, filter.workflow());
            statement.setObject(4, filter.service().value());
            statement.setInt(5, filter.source().ordinal());
            statement.setString(6, filter.pattern());
            statement.setString(7, filter.scope());
            statement.setString(8, filter.condition());
            statement.setBoolean(9, filter.enabled());
            statement.setObject(10, filter.createdAt().atOffset(ZoneOffset.UTC));
            statement.setObject(11, filter.updatedAt().atOffset(ZoneOffset.UTC));
            return statement.executeUpdate();
        }
    }

    static void changed(Connection connection, TenantId tenant) throws SQLException {
        try (var statement = connection.prepareStatement("""
            /* filter.changed */
            INSERT INTO core.trigger_revision (tenant_id, revision) VALUES (?, 1)
            ON CONFLICT (tenant_id) DO UPDATE SET revision = trigger_revision.revision + 1\
            """)) {
            statement.setObject(1, tenant.value());
            statement.executeUpdate();
        }
    }

    private static long revision(Connection connection, TenantId tenant) throws SQLException {
        try (var statement = connection.prepareStatement(
                "/* filter.revision */ SELECT revision FROM core.trigger_revision WHERE tenant_id = ?")) {
            statement.setObject(1, tenant.value());
            try (var rows = statement.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        }
    }

    private static AuditEntry audit(Principal by, Instant at, String action, Filter filter) {
        return new AuditEntry(
                by.tenant(),
                by.tokenId(),
                at,
                action,
                filter.id().toString(),
                filter.pattern() + " starts " + filter.workflow() + (filter.enabled() ? "" : " (disabled)"));
    }

    private static Filter filter(ResultSet rows) throws SQLException {
        return new Filter(
                rows.getObject("filter_id", UUID.class),
                rows.getString("workflow"),
                new ServiceId(rows.getObject("service_id", UUID.class)),
                rows.getInt("source") == 0 ? Source.MANIFEST : Source.RUNTIME,
                rows.getString("pattern"),
                rows.getString("scope"),
                rows.getString("condition"),
                rows.getBoolean("enabled"),
                rows.getObject("created_at", OffsetDateTime.class).toInstant(),
                rows.getObject("updated_at", OffsetDateTime.class).toInstant());
    }
}
