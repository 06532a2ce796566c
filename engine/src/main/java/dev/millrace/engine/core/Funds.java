package dev.millrace.engine.core;

import dev.millrace.engine.Held;
import dev.millrace.engine.Usage;
import java.time.Instant;
import java.util.ArrayList;
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

    private static final Comparator<Queued> DEAREST_FIRST = Comparator.comparingLong(Queued::estimate)
            .reversed()
            .thenComparing(queued -> queued.task.node.number)
            .thenComparing(queued -> queued.task.element);

    /**
     * A task that waits for its turn.
     *
     * @param estimate what its next attempt is expected to use
     */
    private record Queued(long estimate, Task task) {}

    private final Map<String, Long> expected = new HashMap<>();
    /** By budget, so that a report of usage looks at those only that it leaves without money. */
    private final Map<String, TreeSet<Queued>> queued = new HashMap<>();

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

    // ---- who queues ----

    /** A task waits for its turn, and will need money when that comes. */
    void queues(Task task) {
        for (var budget : task.run.version.plan.budgets) {
            if (Budgets.applies(task)) {
                queued.computeIfAbsent(budget.name(), any -> new TreeSet<>(DEAREST_FIRST))
                        .add(queued(task, budget.name()));
            }
        }
    }

    /** It does not wait for its turn any more. */
    void leaves(Task task) {
        queued.forEach((budget, tasks) -> tasks.remove(queued(task, budget)));
    }

    private static Queued queued(Task task, String budget) {
        return new Queued(Budgets.estimate(task, budget), task);
    }

    /** Those that queue and are expected to use more of a budget than is left of it. */
    List<Task> beyond(String budget, double used, double limit) {
        var beyond = new ArrayList<Task>();
        for (var each : queued.getOrDefault(budget, new TreeSet<>(DEAREST_FIRST))) {
            if (used < limit && used + each.estimate <= limit) {
                break;
            }
            beyond.add(each.task);
        }
        return beyond;
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
