package dev.millrace.controlplane.insight;

import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.shard.postgres.WaitsFor;
import dev.millrace.engine.Command;
import dev.millrace.engine.Hold;
import dev.millrace.engine.Reply;
import dev.millrace.engine.TenantId;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many tasks of all tenants wait, by the first gate that holds them back: those in queues as the gates themselves say, those that
 * sleep, back off or wait for something from outside as the tables for queries know, up to {@value #MOST_COUNTED} of them. An answer is
 * kept for {@value #KEPT_SECONDS} seconds. Methods block.
 */
@Singleton
final class WaitingTasks {
    private static final Logger LOG = LoggerFactory.getLogger(WaitingTasks.class);
    private static final int KEPT_SECONDS = 10;
    private static final int MOST_COUNTED = 1_000_000;
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private final DataSource owner;
    private final Shards shards;

    // Guarded by this.
    private Map<String, Long> counted = Map.of();
    private Optional<Long> countedAt = Optional.empty();

    WaitingTasks(@Named("owner") DataSource owner, Shards shards) {
        this.owner = owner;
        this.shards = shards;
    }

    /** What was last counted; empty while it cannot be. */
    synchronized Map<String, Long> byGate() {
        long now = System.nanoTime();
        if (countedAt.isPresent()
                && now - countedAt.get() < Duration.ofSeconds(KEPT_SECONDS).toNanos()) {
            return counted;
        }
        try {
            counted = count();
        } catch (SQLException | CompletionException e) {
            LOG.warn("The tasks that wait cannot be counted now: {}", e.getMessage());
            counted = Map.of();
        }
        countedAt = Optional.of(now);
        return counted;
    }

    private Map<String, Long> count() throws SQLException {
        Map<String, Long> counts = new TreeMap<>();
        for (var gate : Hold.Gate.values()) {
            counts.put(gate.name(), 0L);
        }
        List<CompletableFuture<Reply>> asked = new ArrayList<>();
        for (var tenant : tenants()) {
            asked.add(shards.ask(tenant, replyTo -> new Command.ExplainWorkflow(replyTo, tenant, ""), DEADLINE)
                    .toCompletableFuture());
        }
        for (var answer : asked) {
            if (answer.join() instanceof Reply.WorkflowExplained explained) {
                explained
                        .crowds()
                        .forEach(crowd -> counts.merge(crowd.hold().gate().name(), crowd.tasks(), Long::sum));
            }
        }
        countElsewhere(counts);
        return counts;
    }

    /** Those that queue nowhere, most of which are not in memory; up to so many that counting stays cheap. */
    private void countElsewhere(Map<String, Long> counts) throws SQLException {
        try (var connection = owner.getConnection();
                var statement = connection.prepareStatement("""
                    /* insight.waiting */
                    SELECT waits_for, count(*) FROM (
                      SELECT waits_for FROM analytics.task WHERE waits_for IS NOT NULL LIMIT ?) waiting GROUP BY waits_for\
                    """)) {
            statement.setInt(1, MOST_COUNTED);
            statement.setQueryTimeout((int) DEADLINE.toSeconds());
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    counts.merge(WaitsFor.gate(rows.getInt(1)).name(), rows.getLong(2), Long::sum);
                }
            }
        }
    }

    private List<TenantId> tenants() throws SQLException {
        try (var connection = owner.getConnection();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("/* insight.tenants */ SELECT tenant_id FROM core.tenant")) {
            List<TenantId> tenants = new ArrayList<>();
            while (rows.next()) {
                tenants.add(new TenantId(rows.getObject(1, UUID.class)));
            }
            return tenants;
        }
    }
}
