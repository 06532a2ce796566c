package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.store.Database;
import dev.millrace.controlplane.store.Session;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears, over a connection of its own, when some instance has changed schedules, and has the clockwork look. While nothing changes nothing
 * is asked. Safe for use by several threads.
 */
@Singleton
final class ScheduleNews {
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleNews.class);
    private static final String CHANNEL = "millrace_schedules";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final Database database;
    private final Clockwork clockwork;
    private volatile Optional<Connection> open = Optional.empty();
    private volatile boolean closed;

    ScheduleNews(Database database, Clockwork clockwork) {
        this.database = database;
        this.clockwork = clockwork;
    }

    /** Tells all instances, when the transaction is committed. */
    static void tell(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement("/* schedule.news */ SELECT pg_catalog.pg_notify(?, '')")) {
            statement.setString(1, CHANNEL);
            statement.execute();
        }
    }

    @EventListener
    void started(StartupEvent event) {
        listen();
    }

    void listen() {
        var thread = new Thread(this::run, "schedule-news");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closed) {
            try (var connection = database.connect(Session.OWNER)) {
                open = Optional.of(connection);
                hear(connection);
            } catch (SQLException | RuntimeException e) {
                if (!closed) {
                    LOG.debug("Changes of schedules are not heard for a moment.", e);
                    LockSupport.parkNanos(PAUSE.toNanos());
                }
            } finally {
                open = Optional.empty();
            }
        }
    }

    private void hear(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("LISTEN " + CHANNEL);
        }
        // What was changed while nobody listened.
        clockwork.resync();
        var notified = connection.unwrap(PGConnection.class);
        while (!closed) {
            var news = notified.getNotifications((int) PATIENCE.toMillis());
            if (news != null && news.length > 0) {
                clockwork.resync();
            }
        }
    }

    @PreDestroy
    void close() {
        closed = true;
        open.ifPresent(connection -> {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("The connection is gone already.", e);
            }
        });
    }
}
