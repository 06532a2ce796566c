package dev.millrace.engine.simulation;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.LimitStatus;
import dev.millrace.engine.Reply;
import dev.millrace.engine.Shard;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@link Flaw#COUNT_FROM_CACHE}: makes a shard decide whether there is room by how many held a limit when that was last read. The core
 * counts by itself, so the limit is moved by as much as the count has changed since: held &lt; limit + held - cached says the same as
 * cached &lt; limit.
 */
final class StaleCounts {
    private static final long EVERY = 2 * Timeline.SECOND;
    private static final long NOBODY = -1;

    private record Name(TenantId tenant, String limit) {}

    private final World world;
    private final Map<Name, Long> cached = new HashMap<>();
    private final Map<TenantId, Map<String, Integer>> told = new HashMap<>();
    private long readAt = -EVERY;

    StaleCounts(World world) {
        this.world = world;
    }

    /** People have set something, which is true for once. */
    void forget(TenantId tenant) {
        told.remove(tenant);
    }

    /** Before a decision. */
    void mislead(Shard core, Instant now, Batch open, Map<TenantId, TenantConfig> configs) {
        boolean reads = world.time().now() - readAt >= EVERY;
        if (reads) {
            readAt = world.time().now();
        }
        for (var tenant : world.tenants(core.number())) {
            var config = configs.getOrDefault(tenant, TenantConfig.NONE);
            Map<String, Integer> limits = new HashMap<>(config.concurrencyLimits());
            for (var status : limits(core, now, open, tenant)) {
                if (status instanceof LimitStatus.Concurrency permits && hasOneKey(permits)) {
                    var name = new Name(tenant, permits.name());
                    long held = permits.keys().stream()
                            .mapToLong(LimitStatus.Usage::taken)
                            .sum();
                    if (reads) {
                        cached.put(name, held);
                    }
                    int limit = config.concurrencyLimits().getOrDefault(permits.name(), permits.declared());
                    long moved = limit + held - cached.getOrDefault(name, 0L);
                    limits.put(permits.name(), (int) Math.max(1, moved));
                }
            }
            if (!limits.equals(told.put(tenant, limits))) {
                var misled =
                        new TenantConfig(limits, config.rateLimits(), config.pausedWorkflows(), config.pausedWorkers());
                core.handle(new Command.ConfigChanged(tenant, misled), now, open);
            }
        }
    }

    private static boolean hasOneKey(LimitStatus.Concurrency permits) {
        return permits.declared() > 0
                && permits.keys().stream().allMatch(key -> key.key().isEmpty());
    }

    private static List<LimitStatus> limits(Shard core, Instant now, Batch open, TenantId tenant) {
        core.handle(new Command.ReadLimits(NOBODY, tenant), now, open);
        var effects = open.effects();
        for (int i = effects.size() - 1; i >= 0; i--) {
            if (effects.get(i) instanceof Effect.Reply reply && reply.reply() instanceof Reply.LimitsRead read) {
                return read.limits();
            }
        }
        throw new IllegalStateException("The shard does not say how its limits stand.");
    }
}
