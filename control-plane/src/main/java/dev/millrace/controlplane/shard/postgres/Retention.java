package dev.millrace.controlplane.shard.postgres;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.store.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is past its time: days of runs that have all ended, unique keys, and totals of usage. Goes by the database's clock. May be called by
 * several instances at the same time; what one of them cannot have now it takes at its next visit.
 */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    /** Rows that one statement removes, so that none takes long. */
    static final int KEYS_AT_ONCE = 10_000;
    /** Whoever works with the tables waits for a removal at most about so long, and for one day at a time. */
    private static final Duration LONGEST_WAIT_FOR_TABLES = Duration.ofSeconds(1);

    /** Runs of light workflows have days of their own. */
    private enum Kind {
        NORMAL("^run_[0-9]{8}$", "core.drop_day", "runs"),
        LIGHT("^run_light_[0-9]{8}$", "core.drop_light_day", "light runs");

        private final String partitions;
        private final String drop;
        private final String words;

        Kind(String partitions, String drop, String words) {
            this.partitions = partitions;
            this.drop = drop;
            this.words = words;
        }
    }

    /** A key may live longer than keys are kept: until a time of its own, or until its run has ended. */
    private static final String IS_FREE = """
            (free_at IS NULL OR free_at < now()) AND (until_ended IS NULL OR NOT EXISTS (
              SELECT FROM core.run r WHERE r.tenant_id = k.tenant_id AND r.run_id = k.until_ended AND r.state < 3))""";

    private final Database database;
    private final Settings.Retention settings;

    public Retention(Database database, Settings.Retention settings) {
        this.database = database;
        this.settings = settings;
    }

    /** Removes what is past its time. Blocks; what fails is left for the next time. */
    public void sweep() {
        try (var connection = database.owner().getConnection()) {
            connection.setAutoCommit(true);
            for (var kind : Kind.values()) {
                for (var day : oldDays(connection, kind)) {
                    drop(connection, kind, day);
                }
            }
            // What names one request is needed until its sender has given up; what names a run, until nobody starts it
            // again.
            long removed = removeKeys(connection, "scope = 'request'", settings.requestIds())
                    + removeKeys(connection, "scope <> 'request' AND " + IS_FREE, settings.idempotencyKeys())
                    + removeKeys(connection, "free_at < now() - interval '10 min'", Duration.ZERO);
            if (removed > 0) {
                LOG.info("{} unique keys were past their time and are removed.", removed);
            }
            if (settings.usage().isPresent()) {
                long hours = removeUsage(connection, settings.usage().get());
                if (hours > 0) {
                    LOG.info("{} totals of usage were past their time and are removed.", hours);
                }
            }
        } catch (SQLException e) {
            LOG.warn("What is past its time could not be removed; it is tried again later: {}", e.getMessage());
        }
    }

    /** The days of which there are partitions and no run is young enough to be kept. */
    private List<LocalDate> oldDays(Connection connection, Kind kind) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* retention.days */
                SELECT day FROM (
                  SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                  WHERE i.inhparent = 'core.run'::regclass AND c.relname ~ ?) days
                WHERE day < ((now() - ? * interval '1 s') AT TIME ZONE 'UTC')::date ORDER BY day""")) {
            statement.setString(1, kind.partitions);
            statement.setLong(2, (kind == Kind.LIGHT ? settings.lightRuns() : settings.runs()).toSeconds());
            List<LocalDate> days = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    days.add(rows.getObject(1, LocalDate.class));
                }
            }
            return days;
        }
    }

    private static void drop(Connection connection, Kind kind, LocalDate day) throws SQLException {
        connection.setAutoCommit(false);
        try (var limit = connection.createStatement();
                var statement = connection.prepareStatement("/* retention.drop */ SELECT " + kind.drop + "(?)")) {
            limit.execute(
                    "/* retention.limit */ SET LOCAL lock_timeout = '" + LONGEST_WAIT_FOR_TABLES.toMillis() + "ms'");
            statement.setObject(1, day);
            try (var rows = statement.executeQuery()) {
                rows.next();
                boolean dropped = rows.getBoolean(1);
                connection.commit();
                if (dropped) {
                    LOG.info("The {} of {} are past their time and are removed.", kind.words, day);
                } else {
                    LOG.info(
                            "The {} of {} are past their time, but one of them has not ended: all are kept.",
                            kind.words,
                            day);
                }
            }
        } catch (SQLException e) {
            connection.rollback();
            LOG.warn(
                    "The {} of {} are past their time and could not be removed; it is tried again later: {}",
                    kind.words,
                    day,
                    e.getMessage());
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** @param which a condition of ours, never of a user's */
    private static long removeKeys(Connection connection, String which, Duration age) throws SQLException {
        return remove(connection, age, """
                /* retention.keys */
                DELETE FROM core.unique_key WHERE ctid = ANY (ARRAY(
                  SELECT ctid FROM core.unique_key k WHERE created_at < now() - ? * interval '1 s' AND %s LIMIT %d))""".formatted(which, KEYS_AT_ONCE));
    }

    private static long removeUsage(Connection connection, Duration age) throws SQLException {
        return remove(connection, age, """
                /* retention.usage */
                DELETE FROM analytics.usage WHERE ctid = ANY (ARRAY(
                  SELECT ctid FROM analytics.usage WHERE hour < now() - ? * interval '1 s' LIMIT %d))""".formatted(KEYS_AT_ONCE));
    }

    /** @param delete removes at most {@link #KEYS_AT_ONCE} rows that are older than its only parameter says, in seconds */
    private static long remove(Connection connection, Duration age, String delete) throws SQLException {
        long removed = 0;
        try (var statement = connection.prepareStatement(delete)) {
            int last;
            do {
                statement.setLong(1, age.toSeconds());
                last = statement.executeUpdate();
                removed += last;
            } while (last == KEYS_AT_ONCE);
        }
        return removed;
    }
}
