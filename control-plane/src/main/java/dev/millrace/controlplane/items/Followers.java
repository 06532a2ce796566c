package dev.millrace.controlplane.items;

import dev.millrace.engine.RunId;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Who is to be woken when something of a run's stream is stored. Safe for use by several threads. */
@Singleton
final class Followers {
    private record Key(TenantId tenant, RunId run) {}

    private final Map<Key, Set<Runnable>> waiting = new ConcurrentHashMap<>();

    /** @param wake must not block */
    void add(TenantId tenant, RunId run, Runnable wake) {
        waiting.compute(new Key(tenant, run), (key, known) -> {
            var all = known == null ? ConcurrentHashMap.<Runnable>newKeySet() : known;
            all.add(wake);
            return all;
        });
    }

    void remove(TenantId tenant, RunId run, Runnable wake) {
        waiting.computeIfPresent(new Key(tenant, run), (key, known) -> {
            known.remove(wake);
            return known.isEmpty() ? null : known;
        });
    }

    void wake(TenantId tenant, RunId run) {
        var known = waiting.get(new Key(tenant, run));
        if (known != null) {
            List.copyOf(known).forEach(Runnable::run);
        }
    }
}
