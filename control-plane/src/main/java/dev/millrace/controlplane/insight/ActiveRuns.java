package dev.millrace.controlplane.insight;

import dev.millrace.engine.RunState;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many runs have not ended, by state, as the database knows them. Counting takes longer the more there are, so an answer is kept
 * for a time that grows with what it cost: counting never takes more than a twentieth of the time. Methods block.
 */
@Singleton
final class ActiveRuns {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveRuns.class);
    private static final Duration KEPT = Duration.ofSeconds(10);
    private static final int KEPT_PER_COST = 20;
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private final DataSource owner;

    // Guarded by this.
    private Map<String, Long> counted = Map.of();
    private long countedAt;
    private long keptNanos = -1;

    ActiveRuns(@Named("owner") DataSource owner) {
        this.owner = owner;
    }

    /** What was last counted; empty while it cannot be. */
    synchronized Map<String, Long> byState() {
        long now = System.nanoTime();
        if (keptNanos >= 0 && now - countedAt < keptNanos) {
            return counted;
        }
        try {
            counted = count();
        } catch (SQLException e) {
            LOG.warn("The runs that have not ended cannot be counted now: {}", e.getMessage());
            counted = Map.of();
        }
        countedAt = System.nanoTime();
        keptNanos = Math.max(KEPT.toNanos(), KEPT_PER_COST * (countedAt - now));
        return counted;
    }

    private Map<String, Long> count() throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        for (var state : RunState.values()) {
            if (!state.isFinal()) {
                counts.put(state.name(), 0L);
            }
        }
        try (var connection = owner.getConnection()) {
            connection.setAutoCommit(false);
            try (var limit = connection.createStatement()) {
                limit.execute("SET LOCAL statement_timeout = " + LIMIT.toMillis());
            }
            try (var statement = connection.prepareStatement("""
                            /* insight.active_runs */
                            SELECT state, count(*) FROM (
                              SELECT state FROM core.run WHERE wake_at IS NOT NULL
                              UNION ALL SELECT state FROM core.run WHERE state < 3 AND wake_at IS NULL) active
                            GROUP BY state""");
                    var rows = statement.executeQuery()) {
                while (rows.next()) {
                    counts.put(RunState.ofCode(rows.getInt(1)).name(), rows.getLong(2));
                }
            }
            connection.rollback();
        }
        return counts;
    }
}
