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
    private Counted counted = Counted.UNKNOWN;
    private long countedAt;
    private long keptNanos = -1;

    ActiveRuns(@Named("owner") DataSource owner) {
        this.owner = owner;
    }

    /**
     * What was last counted.
     *
     * @param byState all of them
     * @param waiting those that need not be in memory, by what brings them back: their {@code TURN} in a queue, or their {@code TIME}
     */
    record Counted(Map<String, Long> byState, Map<String, Long> waiting) {
        static final Counted UNKNOWN = new Counted(Map.of(), Map.of());
    }

    /** What was last counted; nothing while it cannot be. */
    synchronized Counted counted() {
        long now = System.nanoTime();
        if (keptNanos >= 0 && now - countedAt < keptNanos) {
            return counted;
        }
        try {
            counted = count();
        } catch (SQLException e) {
            LOG.warn("The runs that have not ended cannot be counted now: {}", e.getMessage());
            counted = Counted.UNKNOWN;
        }
        countedAt = System.nanoTime();
        keptNanos = Math.max(KEPT.toNanos(), KEPT_PER_COST * (countedAt - now));
        return counted;
    }

    private Counted count() throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        Map<String, Long> waiting = new TreeMap<>(Map.of("TURN", 0L, "TIME", 0L));
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
                            SELECT state, waits, count(*) FROM (
                              SELECT state, CASE WHEN lane IS NULL THEN 'TIME' ELSE 'TURN' END AS waits
                              FROM core.run WHERE wake_at IS NOT NULL
                              UNION ALL SELECT state, NULL FROM core.run WHERE state < 3 AND wake_at IS NULL) active
                            GROUP BY state, waits""");
                    var rows = statement.executeQuery()) {
                while (rows.next()) {
                    counts.merge(RunState.ofCode(rows.getInt(1)).name(), rows.getLong(3), Long::sum);
                    if (rows.getString(2) != null) {
                        waiting.merge(rows.getString(2), rows.getLong(3), Long::sum);
                    }
                }
            }
            connection.rollback();
        }
        return new Counted(counts, waiting);
    }
}
