package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.settings.Settings;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the table of events in order: a partition for each of the next days, and none of the days that are past their time,
 * unless an event of the day is still open. Goes by the database's clock. Several instances may do it at the same time.
 */
@Singleton
final class EventUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(EventUpkeep.class);
    private static final Duration EVERY = Duration.ofHours(1);
    private static final int DAYS_AHEAD = 3;
    private static final int KEYS_AT_ONCE = 10_000;

    private final DataSource owner;
    private final Duration age;
    private final ScheduledExecutorService visits = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "events-upkeep");
        thread.setDaemon(true);
        return thread;
    });

    EventUpkeep(@Named("owner") DataSource owner, Settings settings) {
        this.owner = owner;
        this.age = settings.retention().events();
    }

    @EventListener
    void started(StartupEvent event) {
        visits.scheduleWithFixedDelay(this::visit, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    private void visit() {
        try {
            sweep();
        } catch (SQLException | RuntimeException e) {
            LOG.warn("The table of events could not be put in order; it is tried again later: {}", e.getMessage());
        }
    }

    void sweep() throws SQLException {
        try (var connection = owner.getConnection()) {
            connection.setAutoCommit(true);
            try (var limit = connection.createStatement()) {
                // Who publishes waits at most so long for a partition to come or go.
                limit.execute("/* event.limit */ SET lock_timeout = '1s'");
                limit.execute("/* event.days */ CALL core.add_event_days((now() AT TIME ZONE 'UTC')::date, "
                        + DAYS_AHEAD + ")");
            }
            for (var day : oldDays(connection)) {
                drop(connection, day);
            }
            removeKeys(connection);
            try (var limit = connection.createStatement()) {
                limit.execute("/* event.limit */ RESET lock_timeout");
            }
        }
    }

    private List<LocalDate> oldDays(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* event.old */
                SELECT day FROM (
                  SELECT to_date(right(c.relname, 8), 'YYYYMMDD') AS day FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                  WHERE i.inhparent = 'core.event'::regclass AND c.relname ~ '_[0-9]{8}$') days
                WHERE day < ((now() - ? * interval '1 s') AT TIME ZONE 'UTC')::date ORDER BY day""")) {
            statement.setLong(1, age.toSeconds());
            List<LocalDate> days = new ArrayList<>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    days.add(rows.getObject(1, LocalDate.class));
                }
            }
            return days;
        }
    }

    private static void drop(Connection connection, LocalDate day) throws SQLException {
        try (var statement = connection.prepareStatement("/* event.drop */ SELECT core.drop_event_day(?)")) {
            statement.setObject(1, day);
            try (var rows = statement.executeQuery()) {
                rows.next();
                LOG.info(
                        rows.getBoolean(1)
                                ? "The events of {} are past their time and are removed."
                                : "The events of {} are past their time, but one of them is still open: all are kept.",
                        day);
            }
        }
    }

    /** Keys of events that are gone: the same key names another event from then on. */
    private void removeKeys(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("""
                /* event.keys */
                DELETE FROM core.event_key WHERE (tenant_id, key) IN (
                  SELECT tenant_id, key FROM core.event_key
                  WHERE event_id < core.first_run_id(date_trunc('day', now() - ? * interval '1 s', 'UTC')) LIMIT %d)""".formatted(KEYS_AT_ONCE))) {
            statement.setLong(1, age.toSeconds());
            while (statement.executeUpdate() == KEYS_AT_ONCE) {
                LOG.debug("Keys of events are removed.");
            }
        }
    }

    @PreDestroy
    void close() {
        visits.shutdownNow();
    }
}
