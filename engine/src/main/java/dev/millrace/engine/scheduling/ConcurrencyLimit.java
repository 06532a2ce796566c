package dev.millrace.engine.scheduling;

import dev.millrace.engine.LimitStatus;
import dev.millrace.manifest.ConcurrencyStrategy;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A concurrency limit of a tenant: how many may go on at once for each value of its key. */
final class ConcurrencyLimit {
    final String name;
    private final Scheduler scheduler;
    /** How long permits are held, whatever the value of the key. */
    final HoldTimes holdTimes = new HoldTimes();

    private final Map<String, Permits> byKey = new LinkedHashMap<>();
    private int declared = Integer.MAX_VALUE;
    /** What is set instead at run time; 0 for nothing. */
    private int set;

    private ConcurrencyStrategy strategy = ConcurrencyStrategy.QUEUE;

    ConcurrencyLimit(Scheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.name = name;
    }

    /** The newest definition holds. Lowering takes nothing from those that have a permit. */
    void define(int limit, ConcurrencyStrategy strategy) {
        this.declared = limit;
        this.strategy = strategy;
        changed();
    }

    /** From now on this holds instead of what is defined; 0 for what is defined. */
    void set(int limit) {
        if (set != limit) {
            set = limit;
            changed();
        }
    }

    private void changed() {
        for (var permits : List.copyOf(byKey.values())) {
            permits.sortOut();
            if (permits.hasWaiters()) {
                permits.due();
            }
        }
    }

    int limit() {
        return set > 0 ? set : declared;
    }

    ConcurrencyStrategy strategy() {
        return strategy;
    }

    Permits permits(String key) {
        var permits = byKey.get(key);
        if (permits == null) {
            permits = new Permits(scheduler, this, key);
            byKey.put(key, permits);
        }
        return permits;
    }

    LimitStatus status() {
        return new LimitStatus.Concurrency(
                name,
                declared == Integer.MAX_VALUE ? 0 : declared,
                limit() == Integer.MAX_VALUE ? 0 : limit(),
                Limit.usages(byKey.values(), Permits::held));
    }

    Collection<Permits> all() {
        return byKey.values();
    }

    /** Another one may have taken its place by now. */
    void forget(Permits forgotten) {
        byKey.remove(forgotten.key, forgotten);
    }
}
