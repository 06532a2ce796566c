package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.store.Database;
import dev.millrace.engine.Journal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
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
    private static final String FENCED = "MR001";

    private final Database database;
    private final UUID instance;
    private final Duration lease;
    private final long tableBytes;

    private final WriterConnection writer;
    // Changed under the lock of this.
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
        this.writer = new WriterConnection(database);
    }

    // ---- taking over and giving up ----

    @Override
    public Opened open(int shard, UUID owner) {
        try {
            // The lock comes first: a shard whose owner holds none would look abandoned.
            writer.lockInTheNameOf(owner);
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
            var open = writer.open();
            var statement = open.prepared("""
                    /* journal.renew */
                    WITH held AS (
                      UPDATE core.shard s SET expires_at = clock_timestamp() + ? * interval '1 ms'
                      FROM unnest(?::smallint[], ?::bigint[]) e(shard, epoch)
                      WHERE s.shard = e.shard AND s.epoch = e.epoch RETURNING s.shard)
                    SELECT clock_timestamp(), (SELECT array_agg(shard) FROM held)""");
            statement.setLong(1, lease.toMillis());
            var shards = epochs.keySet().stream().sorted().toList();
            statement.setArray(2, SqlArrays.smallints(open.connection, shards, shard -> shard));
            statement.setArray(3, SqlArrays.bigints(open.connection, shards, epochs::get));
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
            writer.drop();
            throw new JournalException("The leases could not be renewed: " + e.getMessage(), e);
        }
    }

    // ---- appending ----

    @Override
    public void append(List<Entry> entries) {
        var commit = JournalCommit.of(entries);
        try {
            var open = writer.open();
            var ring = ring();
            var statement = open.prepared(commit.sql(ring.currentTable()));
            commit.bind(statement, lease, open.connection);
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

    private JournalException failure(JournalCommit commit, SQLException e) {
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.equals(FENCED)) {
            return fenced(commit, e);
        }
        // These say that the statement was refused for what it contains: it has changed nothing, and the connection is
        // whole.
        if (state.startsWith("22") || state.startsWith("23") || state.equals("54000")) {
            return new RefusedException("Nothing was stored: the database refused the commit: " + e.getMessage(), e);
        }
        writer.drop();
        return new JournalException("It is unknown whether the commit was stored: " + e.getMessage(), e);
    }

    /** Why a shard was not as its entry expects it: another owner, or another position. */
    private JournalException fenced(JournalCommit commit, SQLException e) {
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

    // ---- reading ----

    @Override
    public void read(int shard, long afterSeq, Consumer<Entry> consumer) {
        try (var connection = database.owner().getConnection()) {
            connection.setAutoCommit(false);
            try {
                JournalReader.read(connection, shard, afterSeq, consumer);
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new JournalException("The journal of shard " + shard + " could not be read: " + e.getMessage(), e);
        }
    }

    // ---- the writer's connection ----

    private synchronized JournalRing ring() throws SQLException {
        if (ring.isEmpty()) {
            writer.lockInTheNameOf(instance);
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
        writer.drop();
    }

    /** Nothing was stored, because the database would not take what the commit holds; the next one may be better. */
    public static final class RefusedException extends JournalException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
