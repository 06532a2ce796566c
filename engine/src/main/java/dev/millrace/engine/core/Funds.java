package dev.millrace.engine.core;

import dev.millrace.engine.Held;
import dev.millrace.engine.Usage;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the live attempts of a run are expected to use of its budgets, and the tasks that its budgets hold back, those that have waited
 * longest first. Changed by the {@link Ledger} alone.
 */
final class Funds {
    private static final Comparator<Task> ORDER = Comparator.<Task, Instant>comparing(task -> task.held.since())
            .thenComparing(task -> task.node.number)
            .thenComparing(task -> task.element);

    private final Map<String, Long> expected = new HashMap<>();
    private final SortedMap<String, TreeSet<Task>> held = new TreeMap<>();

    // ---- what is expected ----

    /** How much the live attempts are expected to use beyond what they have said. */
    long expected(String budget) {
        return expected.getOrDefault(budget, 0L);
    }

    /** From now on the live attempt of a task is expected to use this beyond what it has said; nothing when it has none. */
    void expect(Task task, Usage more) {
        if (!more.equals(task.expected)) {
            task.expected.amounts().forEach((budget, amount) -> expected.merge(budget, -amount, Long::sum));
            more.amounts().forEach((budget, amount) -> expected.merge(budget, amount, Long::sum));
            task.expected = more;
        }
    }

    // ---- who is held ----

    /** A task is held, as it says. */
    void hold(Task task) {
        held.computeIfAbsent(task.held.budget(), any -> new TreeSet<>(ORDER)).add(task);
    }

    /** A task is not held any more; it still says how it was. */
    void release(Task task) {
        var others = held.get(task.held.budget());
        others.remove(task);
        if (others.isEmpty()) {
            held.remove(task.held.budget());
        }
    }

    boolean isHolding() {
        return !held.isEmpty();
    }

    /** Who has waited longest for the budget; null for nobody. */
    Task first(String budget) {
        var tasks = held.get(budget);
        return tasks == null ? null : tasks.first();
    }

    /** All that the budget holds back. */
    Collection<Task> heldBy(String budget) {
        var tasks = held.get(budget);
        return tasks == null ? List.of() : tasks;
    }

    /** Why the first of each budget waits that somebody has to raise. */
    List<Held> asking() {
        return held.values().stream()
                .flatMap(tasks ->
                        tasks.stream().map(task -> task.held).filter(Held::asks).limit(1))
                .toList();
    }
}
