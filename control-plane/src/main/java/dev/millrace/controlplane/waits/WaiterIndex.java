package dev.millrace.controlplane.waits;

import dev.millrace.engine.TenantId;
import dev.millrace.expression.EventQuestion;
import dev.millrace.manifest.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds those who may wait for an event: by the value that a member of it must have, where their questions say so, and one by one
 * among the others of its name. Safe for use by several threads.
 */
final class WaiterIndex {
    private record Place(TenantId tenant, String event) {}

    /** Those who wait for events of one name. */
    private static final class Waiters {
        private final Map<List<String>, Map<String, Set<Waiter>>> byValue = new HashMap<>();
        private final Set<Waiter> others = new LinkedHashSet<>();

        boolean isEmpty() {
            return byValue.isEmpty() && others.isEmpty();
        }
    }

    private final Map<Place, Waiters> places = new HashMap<>();

    synchronized void add(Waiter waiter) {
        var waiters = places.computeIfAbsent(place(waiter), any -> new Waiters());
        waiter.equality.ifPresentOrElse(
                equality -> waiters.byValue
                        .computeIfAbsent(equality.path(), any -> new HashMap<>())
                        .computeIfAbsent(equality.key(), any -> new LinkedHashSet<>(2))
                        .add(waiter),
                () -> waiters.others.add(waiter));
    }

    synchronized void remove(Waiter waiter) {
        var waiters = places.get(place(waiter));
        if (waiters == null) {
            return;
        }
        waiters.others.remove(waiter);
        waiter.equality.ifPresent(equality -> waiters.byValue.computeIfPresent(equality.path(), (path, values) -> {
            values.computeIfPresent(equality.key(), (key, some) -> {
                some.remove(waiter);
                return some.isEmpty() ? null : some;
            });
            return values.isEmpty() ? null : values;
        }));
        if (waiters.isEmpty()) {
            places.remove(place(waiter));
        }
    }

    private static Place place(Waiter waiter) {
        return new Place(waiter.wait.name().tenant(), waiter.event());
    }

    synchronized boolean concern(TenantId tenant, String event) {
        return places.containsKey(new Place(tenant, event));
    }

    /** Those for whom it may be what they wait for: all who ask for a value that it has, and all who ask otherwise. */
    synchronized List<Waiter> candidates(TenantId tenant, String name, JsonValue event) {
        var waiters = places.get(new Place(tenant, name));
        if (waiters == null) {
            return List.of();
        }
        var candidates = new ArrayList<>(waiters.others);
        waiters.byValue.forEach((path, values) ->
                EventQuestion.key(event, path).ifPresent(key -> candidates.addAll(values.getOrDefault(key, Set.of()))));
        return candidates;
    }

    synchronized boolean isEmpty() {
        return places.isEmpty();
    }
}
