package dev.millrace.engine.simulation;

import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.WorkerId;
import dev.millrace.manifest.RateLimitSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** They raise and lower limits, pause workflows and workers, and take it back, while everything runs. */
final class People {
    private final World world;
    private final Dice dice;

    People(World world, Dice dice) {
        this.world = world;
        this.dice = dice;
    }

    void change() {
        var tenants = world.tenants();
        var tenant = tenants.get(dice.below(tenants.size()));
        world.configure(
                tenant,
                dice.chance(0.2)
                        ? TenantConfig.NONE
                        : new TenantConfig(concurrency(tenant), rates(tenant), workflows(tenant), workers(tenant)));
    }

    private Map<String, Integer> concurrency(TenantId tenant) {
        Map<String, Integer> set = new HashMap<>();
        if (dice.chance(0.7)) {
            set.put("pool", 1 + dice.below(6));
        }
        for (var version : world.versions(tenant)) {
            if (dice.chance(0.5)) {
                set.put(version.workflow() + "#1", 1 + dice.below(4));
            }
        }
        return set;
    }

    private Map<String, RateLimitSpec> rates(TenantId tenant) {
        Map<String, RateLimitSpec> set = new HashMap<>();
        for (var limit : world.limits(tenant)) {
            if (dice.chance(0.2)) {
                // Of the same burst: a larger one fills what nobody has used for a while, which is no flaw, and no law.
                var other = new RateLimitSpec(limit.name(), 1 + dice.below(20), Duration.ofSeconds(1), limit.burst());
                set.put(limit.name(), other);
                world.judge().alsoAllowed(tenant, other);
            }
        }
        return set;
    }

    private Map<String, TenantConfig.Pause> workflows(TenantId tenant) {
        List<String> names = world.versions(tenant).stream()
                .map(version -> version.workflow())
                .toList();
        return dice.chance(0.3)
                ? Map.of(
                        names.get(dice.below(names.size())),
                        new TenantConfig.Pause(World.instant(world.time().now()), "an operator"))
                : Map.of();
    }

    private Set<WorkerId> workers(TenantId tenant) {
        Set<WorkerId> paused = new HashSet<>();
        for (var worker : world.workers()) {
            if (worker.tenant().equals(tenant) && dice.chance(0.2)) {
                paused.add(worker.id());
            }
        }
        return paused;
    }
}
