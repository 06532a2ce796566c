package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.store.Database;
import dev.millrace.controlplane.store.Session;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal;
import dev.millrace.engine.KeyEntry;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.postgresql.util.PSQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal on PostgreSQL. A commit is one statement and one round trip, whatever the number of shards: it checks the epoch and the
 * position of every shard, renews the leases, and stores the bodies and the unique keys, all or nothing.
 *
 * <p>The writer's connection holds a lock in the name of each owner. When the process dies the database notices that its connection
 * closed, the lock is gone, and others need not wait for the lease. A writer's connection that failed is never used again.
 *
 * <p>{@link #append} and {@link #renew} are for one thread; the rest may be called by any thread at any time.
 */
public final class PostgresJournal implements Journal, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresJournal.class);
    /** What fits on a page of 8 kB together with the row's own columns. */
    static final int PART_BYTES = 7_900;

    private static final String FENCED = "MR001";
    private static final int READ_AHEAD = 256;

    private final Database database;
    private final UUID instance;
    private final Duration lease;
    private final long tableBytes;

    // Changed under the lock of this.
    private Optional<Writer> writer = Optional.empty();
    private volatile Optional<JournalRing> ring = Optional.empty();

    /**
     * @param instance names this process; never used by another one
     * @param lease how long a shard belongs to an owner that nobody hears of
     * @param tableBytes how many bytes go into one table before the next one is taken
     */
    public PostgresJournal(Database database, UUID instance, Duration lease, long tableBytes) {
        this.database = database;
        this.instance = instance;
        this.lease = lease;
        this.tableBytes = tableBytes;
    }

    /** The writer's connection, with its statements and the owners whose locks it holds. */
    private static final class Writer {
        final Connection connection;
        final Map<String, PreparedStatement> statements = new HashMap<>();
        final HashSet<UUID> owners = new HashSet<>();

        Writer(Connection connection) {
            this.connection = connection;
        }

        PreparedStatement prepared(String sql) throws SQLException {
            var statement = statements.get(sql);
            if (statement == null) {
                statement = connection.prepareStatement(sql);
                statements.put(sql, statement);
            }
            return statement;
        }
    }

    // ---- taking over and giving up ----

    @Override
    public Opened open(int shard, UUID owner) {
        try {
            // The lock comes first: a shard whose owner holds none would look abandoned.
            lockInTheNameOf(owner);
            try (var connection = database.owner().getConnection()) {
                return take(connection, shard, owner);
            }
        } catch (SQLException e) {
            throw new JournalException("Shard " + shard + " could not be taken over: " + e.getMessage(), e);
        }
    }

    private Opened take(Connection connection, int shard, UUID owner) throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.prepareStatement("""
                /* journal.open */
                UPDATE core.shard SET epoch = epoch + 1, owner = ?, expires_at = clock_timestamp() + ? * interval '1 ms'
                WHERE shard = ? AND (owner IS NULL OR owner = ? OR expires_at < clock_timestamp()
                  OR pg_try_advisory_xact_lock(core.owner_lock(owner)))
                RETURNING epoch, last_seq""")) {
            addIfNew(connection, shard);
            statement.setObject(1, owner);
            statement.setLong(2, lease.toMillis());
            statement.setInt(3, shard);
            statement.setObject(4, owner);
            try (var rows = statement.executeQuery()) {
                if (!rows.next()) {
                    throw new JournalException(
                            "Shard " + shard + " was not taken over: another instance holds it. It is tried again.",
                            null);
                }
                var opened = new Opened(shard, rows.getLong(1), rows.getLong(2));
                connection.commit();
                return opened;
            }
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        }
    }

    private static void addIfNew(Connection connection, int shard) throws SQLException {
        for (var table : List.of("core.shard", "core.projection")) {
            try (var statement = connection.prepareStatement(
                    "/* journal.add */ INSERT INTO " + table + " (shard) VALUES (?) ON CONFLICT DO NOTHING")) {
                statement.setInt(1, shard);
                statement.executeUpdate();
            }
        }
    }

    @Override
    public void release(int shard, long epoch) {
        try (var connection = database.owner().getConnection();
                var statement = connection.prepareStatement("""
                        /* journal.release */
                        UPDATE core.shard SET owner = NULL, expires_at = '-infinity' WHERE shard = ? AND epoch = ?""")) {
            statement.setInt(1, shard);
            statement.setLong(2, epoch);
            statement.executeUpdate();
        } catch (SQLException e) {
            throw new JournalException(
                    "Shard " + shard + " could not be released; its lease runs out by itself: " + e.getMessage(), e);
        }
    }

    /**
     * Renews the leases of shards that commit nothing, and tells the time of the database.
     *
     * @param epochs epoch by shard
     * @throws FencedException when one of them has another owner by now
     * @throws JournalException when it is unknown whether they are still owned
     */
    public Instant renew(Map<Integer, Long> epochs) {
        try {
            var writer = writer();
            var statement = writer.prepared("""
                    /* journal.renew */
                    WITH held AS (
                      UPDATE core.shard s SET expires_at = clock_timestamp() + ? * interval '1 ms'
                      FROM unnest(?::smallint[], ?::bigint[]) e(shard, epoch)
                      WHERE s.shard = e.shard AND s.epoch = e.epoch RETURNING s.shard)
                    SELECT clock_timestamp(), (SELECT array_agg(shard) FROM held)""");
            statement.setLong(1, lease.toMillis());
            var shards = epochs.keySet().stream().sorted().toList();
            statement.setArray(2, SqlArrays.smallints(writer.connection, shards, shard -> shard));
            statement.setArray(3, SqlArrays.bigints(writer.connection, shards, epochs::get));
            try (var rows = statement.executeQuery()) {
                rows.next();
                var held = new HashSet<Integer>();
                if (rows.getArray(2) != null) {
                    for (var shard : (Object[]) rows.getArray(2).getArray()) {
                        held.add(((Number) shard).intValue());
                    }
                }
                for (int shard : shards) {
                    if (!held.contains(shard)) {
                        throw new FencedException(
                                shard, "Shard " + shard + " has another owner than epoch " + epochs.get(shard) + ".");
                    }
                }
                return rows.getObject(1, OffsetDateTime.class).toInstant();
            }
        } catch (SQLException e) {
            drop();
            throw new JournalException("The leases could not be renewed: " + e.getMessage(), e);
        }
    }

    // ---- appending ----

    @Override
    public void append(List<Entry> entries) {
        var commit = Commit.of(entries);
        try {
            var writer = writer();
            var ring = ring();
            var statement = writer.prepared(commit.sql(ring.currentTable()));
            commit.bind(statement, lease, writer.connection);
            try (var rows = statement.executeQuery()) {
                rows.next();
                long claimed = rows.getLong(1);
                if (claimed != commit.keys()) {
                    LOG.warn(
                            "{} of {} unique keys of a commit had been claimed before; the earlier claims stay.",
                            commit.keys() - claimed,
                            commit.keys());
                }
            }
            ring.wrote(commit.bytes());
        } catch (SQLException e) {
            throw failure(commit, e);
        }
    }

    private JournalException failure(Commit commit, SQLException e) {
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.equals(FENCED)) {
            return fenced(commit, e);
        }
        // These say that the statement was refused for what it contains: it has changed nothing, and the connection is
        // whole.
        if (state.startsWith("22") || state.startsWith("23") || state.equals("54000")) {
            return new RefusedException("Nothing was stored: the database refused the commit: " + e.getMessage(), e);
        }
        drop();
        return new JournalException("It is unknown whether the commit was stored: " + e.getMessage(), e);
    }

    /** Why a shard was not as its entry expects it: another owner, or another position. */
    private JournalException fenced(Commit commit, SQLException e) {
        int shard = Integer.parseInt(((PSQLException) e).getServerErrorMessage().getDetail());
        var entry = commit.entry(shard);
        try (var connection = database.owner().getConnection();
                var statement = connection.prepareStatement(
                        "/* journal.fence */ SELECT epoch, last_seq FROM core.shard WHERE shard = ?")) {
            statement.setInt(1, shard);
            try (var rows = statement.executeQuery()) {
                if (rows.next() && rows.getLong(1) == entry.epoch()) {
                    return new JournalException(
                            "Nothing was stored: the next batch of shard " + shard + " is " + (rows.getLong(2) + 1)
                                    + ", but the batch says " + entry.seq() + ".",
                            e);
                }
            }
        } catch (SQLException later) {
            e.addSuppressed(later);
        }
        return new FencedException(
                shard,
                "Nothing was stored: shard " + shard + " has another owner than epoch " + entry.epoch()
                        + " by now. Its owner must forget the shard.");
    }

    /** What is bound to one commit. */
    private record Commit(List<Entry> entries, List<byte[]> bodies, List<KeyEntry> claims) {
        static Commit of(List<Entry> entries) {
            var shards = new HashSet<Integer>();
            List<byte[]> bodies = new ArrayList<>();
            List<KeyEntry> claims = new ArrayList<>();
            for (var entry : entries) {
                if (!shards.add(entry.shard())) {
                    throw new JournalException(
                            "Nothing was stored: shard " + entry.shard()
                                    + " has two batches in one append, but may have one.",
                            null);
                }
                bodies.add(FactCodec.encode(entry.epoch(), entry.facts()));
                for (var fact : entry.facts()) {
                    if (fact instanceof Fact.KeyClaimed claim) {
                        claims.add(claim.entry());
                    }
                }
            }
            return new Commit(entries, bodies, claims);
        }

        int keys() {
            return claims.size();
        }

        long bytes() {
            return bodies.stream().mapToLong(body -> body.length).sum();
        }

        Entry entry(int shard) {
            return entries.stream()
                    .filter(entry -> entry.shard() == shard)
                    .findFirst()
                    .orElseThrow();
        }

        String sql(String table) {
            return """
                    /* journal.append */
                    WITH fence AS (
                      UPDATE core.shard s SET last_seq = e.seq, expires_at = clock_timestamp() + ? * interval '1 ms'
                      FROM unnest(?::smallint[], ?::bigint[], ?::bigint[]) e(shard, epoch, seq)
                      WHERE s.shard = e.shard AND s.epoch = e.epoch AND s.last_seq = e.seq - 1
                      RETURNING s.shard, s.last_seq),
                    stored AS (
                      INSERT INTO %s (shard, seq, part, body)
                      SELECT f.shard, f.last_seq, b.part, b.body
                      FROM fence f JOIN unnest(?::smallint[], ?::int[], ?::bytea[]) b(shard, part, body) ON b.shard = f.shard)%s
                    SELECT CASE WHEN (SELECT count(*) FROM fence) = ? THEN %s
                      ELSE core.refuse_commit(?, (SELECT array_agg(shard) FROM fence)) END""".formatted(
                    table, claims.isEmpty() ? "" : CLAIM, claims.isEmpty() ? "0" : "(SELECT count(*) FROM claimed)");
        }

        private static final String CLAIM = """
                ,
                claimed AS (
                  INSERT INTO core.unique_key (tenant_id, scope, key, digest, outcomes, created_at)
                  SELECT * FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::timestamptz[])
                  ON CONFLICT DO NOTHING RETURNING 1)""";

        private record Part(int shard, int number, byte[] body) {}

        void bind(PreparedStatement statement, Duration lease, Connection connection) throws SQLException {
            List<Part> parts = new ArrayList<>();
            for (int i = 0; i < entries.size(); i++) {
                int number = 0;
                for (var piece : pieces(bodies.get(i))) {
                    parts.add(new Part(entries.get(i).shard(), number++, piece));
                }
            }
            int at = 1;
            statement.setLong(at++, lease.toMillis());
            statement.setArray(at++, SqlArrays.smallints(connection, entries, Entry::shard));
            statement.setArray(at++, SqlArrays.bigints(connection, entries, Entry::epoch));
            statement.setArray(at++, SqlArrays.bigints(connection, entries, Entry::seq));
            statement.setArray(at++, SqlArrays.smallints(connection, parts, Part::shard));
            statement.setArray(at++, SqlArrays.ints(connection, parts, Part::number));
            statement.setArray(at++, SqlArrays.bytes(connection, parts, Part::body));
            if (!claims.isEmpty()) {
                at = bindClaims(statement, at, connection);
            }
            statement.setInt(at++, entries.size());
            statement.setArray(at, SqlArrays.smallints(connection, entries, Entry::shard));
        }

        private int bindClaims(PreparedStatement statement, int first, Connection connection) throws SQLException {
            int at = first;
            statement.setObject(
                    at++,
                    BinaryArray.ofUuids(claims, claim -> claim.key().tenant().value()));
            statement.setArray(
                    at++,
                    SqlArrays.texts(connection, claims, claim -> claim.key().scope()));
            statement.setArray(
                    at++,
                    SqlArrays.texts(connection, claims, claim -> claim.key().key()));
            statement.setArray(at++, SqlArrays.texts(connection, claims, KeyEntry::digest));
            statement.setArray(
                    at++,
                    SqlArrays.bytes(
                            connection,
                            claims,
                            claim -> Messages.message(claim.outcomes()).toByteArray()));
            statement.setObject(at++, BinaryArray.ofInstants(claims, KeyEntry::at));
            return at;
        }

        private static List<byte[]> pieces(byte[] body) {
            List<byte[]> pieces = new ArrayList<>();
            int from = 0;
            do {
                int to = Math.min(from + PART_BYTES, body.length);
                pieces.add(from == 0 && to == body.length ? body : java.util.Arrays.copyOfRange(body, from, to));
                from = to;
            } while (from < body.length);
            return pieces;
        }
    }

    // ---- reading ----

    @Override
    public void read(int shard, long afterSeq, Consumer<Entry> consumer) {
        try (var connection = database.owner().getConnection()) {
            connection.setAutoCommit(false);
            try {
                read(connection, shard, afterSeq, consumer);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new JournalException("The journal of shard " + shard + " could not be read: " + e.getMessage(), e);
        }
    }

    private void read(Connection connection, int shard, long afterSeq, Consumer<Entry> consumer) throws SQLException {
        long lastSeq;
        try (var statement =
                connection.prepareStatement("/* journal.position */ SELECT last_seq FROM core.shard WHERE shard = ?")) {
            statement.setInt(1, shard);
            try (var rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return;
                }
                lastSeq = rows.getLong(1);
            }
        }
        var everywhere = JournalRing.allTables(connection).stream()
                .map(table -> "SELECT seq, part, body FROM " + table + " WHERE shard = ? AND seq > ? AND seq <= ?")
                .collect(Collectors.joining(" UNION ALL "));
        try (var statement = connection.prepareStatement("/* journal.read */ " + everywhere + " ORDER BY seq, part")) {
            int parameters = statement.getParameterMetaData().getParameterCount();
            for (int at = 1; at <= parameters; at += 3) {
                statement.setInt(at, shard);
                statement.setLong(at + 1, afterSeq);
                statement.setLong(at + 2, lastSeq);
            }
            statement.setFetchSize(READ_AHEAD);
            long expected = afterSeq + 1;
            var body = new ByteArrayOutputStream();
            int part = 0;
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    long seq = rows.getLong(1);
                    if (part > 0 && seq > expected) {
                        consumer.accept(FactCodec.decode(shard, expected, body.toByteArray()));
                        body.reset();
                        part = 0;
                        expected++;
                    }
                    if (seq != expected || rows.getInt(2) != part) {
                        throw gap(shard, expected, lastSeq);
                    }
                    body.writeBytes(rows.getBytes(3));
                    part++;
                }
            }
            if (part > 0) {
                consumer.accept(FactCodec.decode(shard, expected, body.toByteArray()));
                expected++;
            }
            if (expected != lastSeq + 1 && afterSeq < lastSeq) {
                throw gap(shard, expected, lastSeq);
            }
        }
    }

    private static JournalException gap(int shard, long missing, long lastSeq) {
        return new JournalException(
                "The journal of shard " + shard + " lacks batch " + missing + " or a part of it, although " + lastSeq
                        + " batches were stored. Restore the database from a backup.",
                null);
    }

    // ---- the writer's connection ----

    private synchronized Writer writer() throws SQLException {
        if (writer.isEmpty()) {
            var connection = database.connect(Session.WRITER);
            writer = Optional.of(new Writer(connection));
        }
        return writer.get();
    }

    private synchronized void lockInTheNameOf(UUID owner) throws SQLException {
        var writer = writer();
        if (writer.owners.contains(owner)) {
            return;
        }
        try (var statement = writer.connection.prepareStatement(
                "/* journal.lock */ SELECT pg_try_advisory_lock(core.owner_lock(?))")) {
            statement.setObject(1, owner);
            try (var rows = statement.executeQuery()) {
                rows.next();
                if (!rows.getBoolean(1)) {
                    endFormerConnection(writer.connection, owner);
                    throw new JournalException(
                            "The lock of owner " + owner
                                    + " was held by a former connection of ours that the database had not noticed is gone."
                                    + " It is tried again.",
                            null);
                }
            }
            writer.owners.add(owner);
        } catch (SQLException e) {
            drop();
            throw e;
        }
    }

    /** Nobody else has our name, so whoever holds our lock is a connection that we gave up. */
    private static void endFormerConnection(Connection connection, UUID owner) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* journal.end */
                SELECT pg_terminate_backend(l.pid) FROM pg_locks l, core.owner_lock(?) k
                WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.pid <> pg_backend_pid()
                  AND l.classid = ((k >> 32) & 4294967295)::oid AND l.objid = (k & 4294967295)::oid""")) {
            statement.setObject(1, owner);
            statement.execute();
        }
    }

    private synchronized JournalRing ring() throws SQLException {
        if (ring.isEmpty()) {
            lockInTheNameOf(instance);
            ring = Optional.of(JournalRing.lease(database.owner(), instance, tableBytes));
        }
        return ring.get();
    }

    /** Truncates the journal tables whose rows are all projected. Blocks. */
    public void truncate() {
        ring.ifPresent(JournalRing::truncate);
    }

    /** The share of the journal's tables that wait to be projected, from 0 to 1. */
    public double fill() {
        return ring.map(JournalRing::fill).orElse(0.0);
    }

    /** The connection is in an unknown state: it is closed, and with it go the locks. */
    private synchronized void drop() {
        writer.ifPresent(dropped -> {
            try {
                dropped.connection.close();
            } catch (SQLException e) {
                LOG.debug("A broken connection could not be closed.", e);
            }
        });
        writer = Optional.empty();
    }

    /** Closes the writer's connection; shards that were not released look abandoned from now on. */
    @Override
    public synchronized void close() {
        if (ring.isPresent()) {
            try (var connection = database.owner().getConnection();
                    var statement = connection.prepareStatement(
                            "/* ring.release */ UPDATE core.ring SET owner = NULL WHERE owner = ?")) {
                statement.setObject(1, instance);
                statement.executeUpdate();
            } catch (SQLException e) {
                LOG.debug("The ring was not released; the next instance finds it abandoned.", e);
            }
            ring = Optional.empty();
        }
        drop();
    }

    /** Nothing was stored, because the database would not take what the commit holds; the next one may be better. */
    public static final class RefusedException extends JournalException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
