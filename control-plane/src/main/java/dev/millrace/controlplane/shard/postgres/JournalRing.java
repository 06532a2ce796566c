package dev.millrace.controlplane.shard.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicIntegerArray;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The eight journal tables that one instance appends to, in turn. The writer's thread asks where to append; the projector's thread
 * truncates what every shard is projected past. Whether a table may go is always asked of the database, under a lock on the table:
 * nothing here is believed that another instance could have changed.
 */
final class JournalRing {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRing.class);
    static final int TABLES = 8;
    /** From this fill on, what little is not projected is carried to the current table. */
    private static final double CARRY_AT = 0.5;
    /** Little is one part in so many of a table. */
    private static final int CARRIED_SHARE = 8;

    private static final int CLEAN = 0;
    private static final int USED = 1;

    private final DataSource owner;
    private final int first;
    private final long tableBytes;
    private final AtomicIntegerArray states = new AtomicIntegerArray(TABLES);
    private volatile int current;
    private long written;

    private JournalRing(DataSource owner, int ring, long tableBytes) {
        this.owner = owner;
        this.first = ring * TABLES;
        this.tableBytes = tableBytes;
    }

    /** Takes a ring that nobody alive holds, or makes one. */
    static JournalRing lease(DataSource owner, UUID instance, long tableBytes) throws SQLException {
        try (var connection = owner.getConnection()) {
            connection.setAutoCommit(false);
            try {
                execute(connection, "/* ring.lock */ LOCK TABLE core.ring IN EXCLUSIVE MODE");
                int ring = free(connection, instance);
                try (var statement =
                        connection.prepareStatement("/* ring.lease */ UPDATE core.ring SET owner = ? WHERE ring = ?")) {
                    statement.setObject(1, instance);
                    statement.setInt(2, ring);
                    statement.executeUpdate();
                }
                connection.commit();
                var leased = new JournalRing(owner, ring, tableBytes);
                leased.lookAround(connection);
                connection.commit();
                return leased;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    private static int free(Connection connection, UUID instance) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* ring.free */
                SELECT ring FROM core.ring
                WHERE owner IS NULL OR owner = ? OR pg_try_advisory_xact_lock(core.owner_lock(owner))
                ORDER BY owner IS NOT DISTINCT FROM ? DESC, ring LIMIT 1""")) {
            statement.setObject(1, instance);
            statement.setObject(2, instance);
            try (var rows = statement.executeQuery()) {
                if (rows.next()) {
                    return rows.getInt(1);
                }
            }
        }
        int added = rings(connection);
        try (var statement = connection.prepareStatement("/* ring.add */ CALL core.add_ring(?::smallint)")) {
            statement.setInt(1, added);
            statement.execute();
        }
        LOG.info("Added ring {} to the journal, for one more instance that writes.", added);
        return added;
    }

    private static int rings(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("/* ring.count */ SELECT count(*) FROM core.ring")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** The names of all journal tables of all instances. */
    static List<String> allTables(Connection connection) throws SQLException {
        List<String> tables = new ArrayList<>();
        int count = rings(connection) * TABLES;
        for (int k = 0; k < count; k++) {
            tables.add("core.journal_" + k);
        }
        return tables;
    }

    /** Finds out which tables hold rows, and begins with one that holds none if there is one. */
    private void lookAround(Connection connection) throws SQLException {
        int start = -1;
        for (int k = 0; k < TABLES; k++) {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery("/* ring.look */ SELECT EXISTS (SELECT FROM " + table(k) + ")")) {
                rows.next();
                states.set(k, rows.getBoolean(1) ? USED : CLEAN);
                if (!rows.getBoolean(1) && start < 0) {
                    start = k;
                }
            }
        }
        current = Math.max(start, 0);
    }

    private String table(int k) {
        return "core.journal_" + (first + k);
    }

    /** Where to append. */
    String currentTable() {
        return table(current);
    }

    /** So many bytes were appended to the current table. Goes on to the next one when it is full and the next one is clean. */
    void wrote(long bytes) {
        states.set(current, USED);
        written += bytes;
        if (written >= tableBytes) {
            int next = (current + 1) % TABLES;
            if (states.get(next) == CLEAN) {
                current = next;
                written = 0;
            }
        }
    }

    /** The share of the tables that cannot be appended to until they are truncated, from 0 to 1. */
    double fill() {
        int used = 0;
        for (int k = 0; k < TABLES; k++) {
            used += states.get(k);
        }
        return (double) used / TABLES;
    }

    /**
     * Truncates every table but the current one whose rows are all projected. When the ring fills all the same, because few rows of a
     * slow shard are in many tables, carries those forward. Blocks; any thread but the writer's.
     */
    void truncate() {
        for (int k = 0; k < TABLES; k++) {
            if (k != current && states.get(k) == USED) {
                try (var connection = owner.getConnection()) {
                    if (truncate(connection, k) || fill() >= CARRY_AT && carry(connection, k)) {
                        states.set(k, CLEAN);
                    }
                } catch (SQLException e) {
                    LOG.warn(
                            "The journal table {} could not be truncated; trying again later: {}",
                            table(k),
                            e.getMessage());
                }
            }
        }
    }

    /**
     * Moves the rows that are not projected to the current table, if they are so few that the ring gains room by it. Whoever reads
     * finds each row once: in the one table before, in the other afterwards.
     */
    private boolean carry(Connection connection, int k) throws SQLException {
        connection.setAutoCommit(false);
        try {
            boolean few = unprojectedBytes(connection, k) <= tableBytes / CARRIED_SHARE;
            if (few) {
                execute(connection, "/* ring.limit */ SET LOCAL lock_timeout = '1s'");
                execute(connection, "/* ring.close */ LOCK TABLE " + table(k) + " IN ACCESS EXCLUSIVE MODE");
                execute(
                        connection,
                        "/* ring.carry */ INSERT INTO " + currentTable() + " (shard, seq, part, body)"
                                + " SELECT j.shard, j.seq, j.part, j.body FROM " + table(k) + " j"
                                + " JOIN core.projection p ON p.shard = j.shard WHERE j.seq > p.seq");
                execute(connection, "/* ring.truncate */ TRUNCATE " + table(k));
            }
            connection.commit();
            return few;
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        }
    }

    private long unprojectedBytes(Connection connection, int k) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "/* ring.unprojected */ SELECT coalesce(sum(octet_length(j.body)), 0) FROM " + table(k)
                                + " j JOIN core.projection p ON p.shard = j.shard WHERE j.seq > p.seq")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private boolean truncate(Connection connection, int k) throws SQLException {
        connection.setAutoCommit(false);
        try {
            if (!isProjected(connection, k)) {
                connection.rollback();
                return false;
            }
            // Asked again once nobody can append to it or read it. That waits for a reader at most for the lock's time
            // limit.
            execute(connection, "/* ring.limit */ SET LOCAL lock_timeout = '1s'");
            execute(connection, "/* ring.close */ LOCK TABLE " + table(k) + " IN ACCESS EXCLUSIVE MODE");
            boolean projected = isProjected(connection, k);
            if (projected) {
                // A transaction that removes a file always waits for the disk: what the projector wrote without waiting
                // is
                // safe before the rows it was made of are gone.
                execute(connection, "/* ring.truncate */ TRUNCATE " + table(k));
            }
            connection.commit();
            return projected;
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        }
    }

    /** Whether no shard has a row in the table that its images do not contain. */
    private boolean isProjected(Connection connection, int k) throws SQLException {
        try (var statement = connection.createStatement();
                var rows =
                        statement.executeQuery("/* ring.projected */ SELECT NOT EXISTS (SELECT FROM core.projection p"
                                + " WHERE EXISTS (SELECT FROM " + table(k)
                                + " j WHERE j.shard = p.shard AND j.seq > p.seq))")) {
            rows.next();
            return rows.getBoolean(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
