package dev.millrace.controlplane.items;

import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.items.Chunk.Source;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TenantId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** The tables of streams. Methods block; safe for use by several threads. */
final class ItemRows {
    /** What the items of a run may count in all. */
    static final long MOST_BYTES = 64L << 20;
    /** So many chunks are read at once, of a quarter MiB each at most. */
    static final int READ_AT_ONCE = 16;

    private final RequestDatabase database;

    ItemRows(RequestDatabase database) {
        this.database = database;
    }

    // ---- storing ----

    /** How far the stream of a run is; changed while a transaction decides. */
    private static final class Head {
        private long position;
        private long bytes;
        private final int sealed;
        private boolean changed;

        Head(long position, long bytes, int sealed) {
            this.position = position;
            this.bytes = bytes;
            this.sealed = sealed;
        }
    }

    /** The newest attempt that emitted something for a task. */
    private record Newest(int attempt, long next, boolean ended) {}

    private record Placed(Chunk chunk, long position) {}

    /**
     * Stores chunks of runs of a tenant in one transaction.
     *
     * @return what became of each, in their order
     */
    List<Storing> store(TenantId tenant, List<Chunk> chunks) {
        return database.inTenant(tenant, connection -> {
            var heads =
                    heads(connection, tenant, chunks.stream().map(Chunk::run).collect(Collectors.toSet()));
            var newest = newest(
                    connection, tenant, chunks.stream().map(Chunk::source).collect(Collectors.toSet()));
            List<Storing> became = new ArrayList<>(chunks.size());
            List<Placed> placed = new ArrayList<>(chunks.size());
            for (var chunk : chunks) {
                became.add(decide(chunk, heads.get(chunk.run()), newest, placed));
            }
            if (!placed.isEmpty()) {
                insert(connection, tenant, placed);
                move(connection, tenant, heads);
            }
            return became;
        });
    }

    private static Storing decide(Chunk chunk, Head head, Map<Source, Newest> newest, List<Placed> placed) {
        var attempt = chunk.attempt();
        var before = newest.getOrDefault(chunk.source(), new Newest(0, 0, false));
        if (before.attempt() > attempt.attempt()) {
            return stale(chunk, "attempt " + before.attempt() + " has emitted since");
        }
        long next = before.attempt() == attempt.attempt() ? before.next() : 0;
        boolean ended = before.attempt() == attempt.attempt() && before.ended();
        if (chunk.next() <= next && (ended || !chunk.ends())) {
            return new Storing.Stored(); // sent again, because the acknowledgement was lost
        }
        if (ended) {
            return stale(chunk, "it said that it would emit nothing more");
        }
        if (head.sealed >= attempt.generation()) {
            return stale(chunk, "its run has ended");
        }
        if (chunk.first() > next) {
            return new Storing.Refused(
                    ErrorCode.PROTOCOL_VIOLATION,
                    "Item " + chunk.first() + " of " + named(chunk) + " came, but item " + next + " has not.");
        }
        var rest = chunk.from(next);
        if (head.bytes + rest.bytes() > MOST_BYTES) {
            return new Storing.Refused(
                    ErrorCode.STREAM_LIMIT,
                    "What run %s emits has %,d bytes already, of %,d that it may (each item counts %d more than its JSON), and item %d of %s would be too much. Emit less, or fewer at a time."
                            .formatted(
                                    chunk.run(),
                                    head.bytes,
                                    MOST_BYTES,
                                    Chunk.BYTES_BESIDE,
                                    rest.first(),
                                    named(chunk)));
        }
        placed.add(new Placed(rest, head.position + 1));
        head.position += rest.positions();
        head.bytes += rest.bytes();
        head.changed = true;
        newest.put(chunk.source(), new Newest(attempt.attempt(), rest.next(), rest.ends()));
        return new Storing.Stored();
    }

    private static Storing stale(Chunk chunk, String why) {
        return new Storing.Refused(
                ErrorCode.STALE_ATTEMPT,
                "What " + named(chunk) + " of run " + chunk.run() + " emits is not stored: " + why + ".");
    }

    private static String named(Chunk chunk) {
        return "attempt " + chunk.attempt().attempt() + " of step " + chunk.step();
    }

    /** Locks the heads of runs in the order of their ids, so that two transactions cannot wait for each other in a circle. */
    private static Map<RunId, Head> heads(Connection connection, TenantId tenant, Set<RunId> runs) throws SQLException {
        var ids = ids(runs);
        var heads = lock(connection, tenant, ids);
        if (heads.size() < ids.length) {
            try (var statement = connection.prepareStatement("""
                    /* items.heads */
                    INSERT INTO core.run_stream (tenant_id, run_id) SELECT ?, r.run FROM unnest(?::uuid[]) AS r(run) ORDER BY r.run
                    ON CONFLICT DO NOTHING""")) {
                statement.setObject(1, tenant.value());
                statement.setArray(2, connection.createArrayOf("uuid", ids));
                statement.executeUpdate();
            }
            heads = lock(connection, tenant, ids);
        }
        return heads;
    }

    private static Object[] ids(Collection<RunId> runs) {
        return new TreeSet<>(runs.stream().map(run -> run.value().toString()).toList())
                .stream().map(UUID::fromString).toArray();
    }

    private static Map<RunId, Head> lock(Connection connection, TenantId tenant, Object[] ids) throws SQLException {
        Map<RunId, Head> heads = new HashMap<>();
        try (var statement = connection.prepareStatement("""
                /* items.lock */
                SELECT run_id, last_position, bytes, sealed FROM core.run_stream WHERE tenant_id = ? AND run_id = ANY (?)
                ORDER BY run_id FOR UPDATE""")) {
            statement.setObject(1, tenant.value());
            statement.setArray(2, connection.createArrayOf("uuid", ids));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    heads.put(
                            new RunId(rows.getObject(1, UUID.class)),
                            new Head(rows.getLong(2), rows.getLong(3), rows.getInt(4)));
                }
            }
        }
        return heads;
    }

    private static Map<Source, Newest> newest(Connection connection, TenantId tenant, Set<Source> sources)
            throws SQLException {
        var all = List.copyOf(sources);
        Map<Source, Newest> newest = new HashMap<>();
        try (var statement = connection.prepareStatement("""
                /* items.newest */
                SELECT s.number, n.attempt, n.next, n.ends
                FROM unnest(?::uuid[], ?::integer[], ?::text[], ?::integer[])
                  WITH ORDINALITY AS s(run_id, generation, step, element, number),
                LATERAL (
                  SELECT c.attempt, c.first_index + c.items AS next, c.ends FROM core.run_stream_chunk c
                  WHERE c.tenant_id = ? AND c.run_id = s.run_id AND c.generation = s.generation AND c.step = s.step
                    AND c.element = s.element
                  ORDER BY c.attempt DESC, c.first_index DESC LIMIT 1) n""")) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "uuid", column(all, source -> source.run().value())));
            statement.setArray(2, connection.createArrayOf("integer", column(all, Source::generation)));
            statement.setArray(3, connection.createArrayOf("text", column(all, Source::step)));
            statement.setArray(4, connection.createArrayOf("integer", column(all, Source::element)));
            statement.setObject(5, tenant.value());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    newest.put(
                            all.get(rows.getInt(1) - 1),
                            new Newest(rows.getInt(2), rows.getLong(3), rows.getBoolean(4)));
                }
            }
        }
        return newest;
    }

    private static <T> Object[] column(List<T> rows, java.util.function.Function<T, Object> value) {
        return rows.stream().map(value).toArray();
    }

    private static void insert(Connection connection, TenantId tenant, List<Placed> placed) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* items.store */
                INSERT INTO core.run_stream_chunk (tenant_id, run_id, first_position, generation, step, element, attempt, first_index,
                  items, ends, body)
                SELECT ?, c.* FROM unnest(?::uuid[], ?::bigint[], ?::integer[], ?::text[], ?::integer[], ?::integer[], ?::bigint[],
                  ?::integer[], ?::boolean[], ?::bytea[]) c""")) {
            statement.setObject(1, tenant.value());
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "uuid", column(placed, each -> each.chunk().run().value())));
            statement.setArray(3, connection.createArrayOf("bigint", column(placed, Placed::position)));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "integer",
                            column(placed, each -> each.chunk().attempt().generation())));
            statement.setArray(
                    5,
                    connection.createArrayOf(
                            "text", column(placed, each -> each.chunk().step())));
            statement.setArray(
                    6,
                    connection.createArrayOf(
                            "integer",
                            column(placed, each -> each.chunk().attempt().element())));
            statement.setArray(
                    7,
                    connection.createArrayOf(
                            "integer",
                            column(placed, each -> each.chunk().attempt().attempt())));
            statement.setArray(
                    8,
                    connection.createArrayOf(
                            "bigint", column(placed, each -> each.chunk().first())));
            statement.setArray(
                    9,
                    connection.createArrayOf(
                            "integer",
                            column(placed, each -> each.chunk().items().size())));
            statement.setArray(
                    10,
                    connection.createArrayOf(
                            "boolean", column(placed, each -> each.chunk().ends())));
            statement.setArray(
                    11,
                    connection.createArrayOf(
                            "bytea",
                            placed.stream()
                                    .map(each -> Body.of(each.chunk().items()))
                                    .toArray(byte[][]::new)));
            statement.executeUpdate();
        }
    }

    private static void move(Connection connection, TenantId tenant, Map<RunId, Head> heads) throws SQLException {
        Map<RunId, Head> changed = new LinkedHashMap<>();
        heads.forEach((run, head) -> {
            if (head.changed) {
                changed.put(run, head);
            }
        });
        try (var statement = connection.prepareStatement("""
                /* items.move */
                UPDATE core.run_stream h SET last_position = v.position, bytes = v.bytes
                FROM unnest(?::uuid[], ?::bigint[], ?::bigint[]) AS v(run_id, position, bytes)
                WHERE h.tenant_id = ? AND h.run_id = v.run_id""")) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "uuid", changed.keySet().stream().map(RunId::value).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "bigint",
                            changed.values().stream().map(head -> head.position).toArray()));
            statement.setArray(
                    3,
                    connection.createArrayOf(
                            "bigint",
                            changed.values().stream().map(head -> head.bytes).toArray()));
            statement.setObject(4, tenant.value());
            statement.executeUpdate();
        }
    }

    // ---- the end ----

    /** Takes nothing more of generations up to this one. */
    void seal(TenantId tenant, RunId run, int generation) {
        database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("""
                    /* items.seal */
                    INSERT INTO core.run_stream AS h (tenant_id, run_id, sealed) VALUES (?, ?, ?)
                    ON CONFLICT (tenant_id, run_id) DO UPDATE SET sealed = excluded.sealed WHERE h.sealed < excluded.sealed""")) {
                statement.setObject(1, tenant.value());
                statement.setObject(2, run.value());
                statement.setInt(3, generation);
                return statement.executeUpdate();
            }
        });
    }

    // ---- reading ----

    /**
     * What is stored behind a position, in order; some of it if there is more than {@link #READ_AT_ONCE}.
     *
     * @param step the only one that is wanted; empty for all
     */
    List<StoredChunk> read(TenantId tenant, RunId run, String step, long after, int most) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement("""
                    /* items.read */
                    SELECT first_position, generation, step, element, attempt, first_index, ends, body, stored_at
                    FROM core.run_stream_chunk
                    WHERE tenant_id = ? AND run_id = ? AND (? OR step = ?)
                      AND first_position >= coalesce((
                        SELECT max(c.first_position) FROM core.run_stream_chunk c
                        WHERE c.tenant_id = ? AND c.run_id = ? AND c.first_position <= ?), 0)
                      AND first_position + items + ends::integer > ?
                    ORDER BY first_position LIMIT ?""")) {
                statement.setObject(1, tenant.value());
                statement.setObject(2, run.value());
                statement.setBoolean(3, step.isEmpty());
                statement.setString(4, step);
                statement.setObject(5, tenant.value());
                statement.setObject(6, run.value());
                statement.setObject(7, after + 1, Types.BIGINT);
                statement.setObject(8, after + 1, Types.BIGINT);
                statement.setInt(9, most);
                List<StoredChunk> chunks = new ArrayList<>();
                try (var rows = statement.executeQuery()) {
                    while (rows.next()) {
                        chunks.add(new StoredChunk(
                                        rows.getLong(1),
                                        rows.getInt(2),
                                        rows.getString(3),
                                        rows.getInt(4),
                                        rows.getInt(5),
                                        rows.getLong(6),
                                        Body.items(rows.getBytes(8)),
                                        rows.getBoolean(7),
                                        rows.getObject(9, OffsetDateTime.class).toInstant())
                                .after(after));
                    }
                }
                return chunks;
            }
        });
    }

    /** How far the stream of a run is: the position of the last thing in it; 0 for nothing. */
    long last(TenantId tenant, RunId run) {
        return database.inTenant(tenant, connection -> {
            try (var statement = connection.prepareStatement(
                    "/* items.last */ SELECT last_position FROM core.run_stream WHERE tenant_id = ? AND run_id = ?")) {
                statement.setObject(1, tenant.value());
                statement.setObject(2, run.value());
                try (var rows = statement.executeQuery()) {
                    return rows.next() ? rows.getLong(1) : 0L;
                }
            }
        });
    }
}
