package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;

/** Events, as rows. Methods block. */
@Singleton
final class EventRows {
    private static final String COLUMNS =
            "tenant_id, event_id, service_id, replay_of, name, scope, key, metadata, data, log";
    private static final UUID LAST = new UUID(-1L, -1L);

    private final RequestDatabase database;
    private final DataSource owner;

    EventRows(RequestDatabase database, @Named("owner") DataSource owner) {
        this.database = database;
        this.owner = owner;
    }

    /** That a publisher's key was known already, with the event that it names. */
    record Known(Map<String, UUID> events) {}

    /**
     * Stores new events and the ends of others, all in one transaction.
     *
     * @param ended events with the log of everything that they started
     * @return which of the keys were known, because of an earlier event or of an earlier one among these; those are not stored
     */
    Known store(TenantId tenant, List<StoredEvent> fresh, Map<UUID, EventLog> ended) {
        return database.inTenant(tenant, connection -> {
            var known = insert(connection, tenant, fresh);
            end(connection, tenant, ended);
            return known;
        });
    }

    private static Known insert(Connection connection, TenantId tenant, List<StoredEvent> fresh) throws SQLException {
        if (fresh.isEmpty()) {
            return new Known(Map.of());
        }
        Set<UUID> stored = new HashSet<>();
        try (var statement = connection.prepareStatement("""
                /* event.publish */
                WITH sent AS (
                  SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    AS s(event_id, service_id, replay_of, state, name, scope, key, metadata, data, log)),
                named AS (
                  INSERT INTO core.event_key (tenant_id, key, event_id) SELECT ?, key, event_id FROM sent WHERE key <> ''
                  ON CONFLICT (tenant_id, key) DO NOTHING RETURNING event_id)
                INSERT INTO core.event (tenant_id, event_id, service_id, replay_of, state, name, scope, key, metadata, data, log)
                SELECT ?, event_id, service_id, replay_of, state, name, scope, key, metadata, data, log FROM sent
                WHERE key = '' OR event_id IN (SELECT event_id FROM named)
                RETURNING event_id""")) {
            int at = 0;
            statement.setArray(++at, array(connection, "uuid", fresh, StoredEvent::id));
            statement.setArray(
                    ++at,
                    array(connection, "uuid", fresh, event -> event.publisher().value()));
            statement.setArray(
                    ++at,
                    array(connection, "uuid", fresh, event -> event.replayOf().orElse(null)));
            statement.setArray(++at, array(connection, "int2", fresh, event -> (short) (event.isOpen() ? 0 : 1)));
            statement.setArray(++at, array(connection, "text", fresh, StoredEvent::name));
            statement.setArray(++at, array(connection, "text", fresh, StoredEvent::scope));
            statement.setArray(++at, array(connection, "text", fresh, StoredEvent::key));
            statement.setArray(++at, bytes(connection, fresh, event -> StoredEvent.metadataBytes(event.metadata())));
            statement.setArray(++at, bytes(connection, fresh, StoredEvent::data));
            statement.setArray(
                    ++at, bytes(connection, fresh, event -> event.log().bytes()));
            statement.setObject(++at, tenant.value());
            statement.setObject(++at, tenant.value());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    stored.add(rows.getObject(1, UUID.class));
                }
            }
        }
        return stored.size() == fresh.size() ? new Known(Map.of()) : known(connection, tenant, fresh, stored);
    }

    private static Known known(Connection connection, TenantId tenant, List<StoredEvent> fresh, Set<UUID> stored)
            throws SQLException {
        var refused =
                fresh.stream().filter(event -> !stored.contains(event.id())).toList();
        // A statement of its own: it sees what another transaction has committed while ours waited for it.
        try (var statement = connection.prepareStatement(
                "/* event.known */ SELECT key, event_id FROM core.event_key WHERE tenant_id = ? AND key = ANY (?)")) {
            statement.setObject(1, tenant.value());
            statement.setArray(2, array(connection, "text", refused, StoredEvent::key));
            Map<String, UUID> events = new HashMap<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    events.put(rows.getString(1), rows.getObject(2, UUID.class));
                }
            }
            return new Known(events);
        }
    }

    private static void end(Connection connection, TenantId tenant, Map<UUID, EventLog> ended) throws SQLException {
        if (ended.isEmpty()) {
            return;
        }
        var events = List.copyOf(ended.entrySet());
        try (var statement = connection.prepareStatement("""
                /* event.end */
                UPDATE core.event e SET state = 1, log = n.log FROM unnest(?, ?) AS n(event_id, log)
                WHERE e.tenant_id = ? AND e.event_id = n.event_id AND e.event_id = ANY (?)""")) {
            var ids = array(connection, "uuid", events, Map.Entry::getKey);
            statement.setArray(1, ids);
            statement.setArray(
                    2, bytes(connection, events, event -> event.getValue().bytes()));
            statement.setObject(3, tenant.value());
            // Said once more, because by the join alone all events of the tenant are read when that looks cheap to the
            // planner.
            statement.setArray(4, ids);
            statement.executeUpdate();
        }
    }

    private static <T> Array array(Connection connection, String type, List<T> rows, Function<T, Object> value)
            throws SQLException {
        return connection.createArrayOf(type, rows.stream().map(value).toArray());
    }

    private static <T> Array bytes(Connection connection, List<T> rows, Function<T, byte[]> value) throws SQLException {
        return connection.createArrayOf("bytea", rows.stream().map(value).toArray(byte[][]::new));
    }

    /** @param name only events of this name */
    record Page(Optional<String> name, UUID above, UUID below, int limit) {
        static final UUID END = LAST;
    }

    /** Newest first. */
    List<StoredEvent> list(TenantId tenant, Page page) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("/* event.list */ SELECT " + COLUMNS
                    + " FROM core.event WHERE tenant_id = ? AND event_id >= ? AND event_id < ?"
                    + (page.name().isPresent() ? " AND name = ?" : "") + " ORDER BY event_id DESC LIMIT ?")) {
                int at = 0;
                statement.setObject(++at, tenant.value());
                statement.setObject(++at, page.above());
                statement.setObject(++at, page.below());
                if (page.name().isPresent()) {
                    statement.setString(++at, page.name().get());
                }
                statement.setInt(++at, page.limit());
                return read(statement);
            }
        });
    }

    /** The next ones of a name, oldest first. */
    List<StoredEvent> after(TenantId tenant, String name, UUID event, int limit) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("/* event.after */ SELECT " + COLUMNS
                    + " FROM core.event WHERE tenant_id = ? AND name = ? AND event_id > ? ORDER BY event_id LIMIT ?")) {
                statement.setObject(1, tenant.value());
                statement.setString(2, name);
                statement.setObject(3, event);
                statement.setInt(4, limit);
                return read(statement);
            }
        });
    }

    Optional<StoredEvent> find(TenantId tenant, UUID id) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement(
                    "/* event.find */ SELECT " + COLUMNS + " FROM core.event WHERE tenant_id = ? AND event_id = ?")) {
                statement.setObject(1, tenant.value());
                statement.setObject(2, id);
                return read(statement).stream().findFirst();
            }
        });
    }

    /** Events of all tenants that have not started everything yet, oldest first: what a crash or a failure left behind. */
    List<StoredEvent> open(UUID after, UUID before, int limit) {
        try (var connection = owner.getConnection();
                var statement = connection.prepareStatement(
                        "/* event.open */ SELECT " + COLUMNS
                                + " FROM core.event WHERE state = 0 AND event_id > ? AND event_id < ? ORDER BY event_id LIMIT ?")) {
            statement.setObject(1, after);
            statement.setObject(2, before);
            statement.setInt(3, limit);
            return read(statement);
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
    }

    private static List<StoredEvent> read(PreparedStatement statement) throws SQLException {
        List<StoredEvent> events = new ArrayList<>();
        try (var rows = statement.executeQuery()) {
            while (rows.next()) {
                events.add(event(rows));
            }
        }
        return events;
    }

    private static StoredEvent event(ResultSet rows) throws SQLException {
        return new StoredEvent(
                new TenantId(rows.getObject("tenant_id", UUID.class)),
                rows.getObject("event_id", UUID.class),
                rows.getString("key"),
                new ServiceId(rows.getObject("service_id", UUID.class)),
                Optional.ofNullable(rows.getObject("replay_of", UUID.class)),
                rows.getString("name"),
                rows.getString("scope"),
                StoredEvent.metadata(rows.getBytes("metadata")),
                rows.getBytes("data"),
                EventLog.read(rows.getBytes("log")));
    }
}
