package dev.millrace.engine.core;

import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.engine.scheduling.Kind;
import dev.millrace.engine.timer.Timer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which builds of a tenant's code workers have, or had a moment ago: runs stay on theirs that long. Due when the moment is over after which
 * the last worker of a build counts as gone.
 */
final class Builds extends Timer {
    /** The name of the label under which the build of a workflow is looked for at workers. */
    static final String LABEL = Kind.BUILD_LABEL;

    /** A build of a workflow. */
    record Build(String workflow, String name) {}

    final Tenant tenant;
    private final Memory memory;
    /** How many connected workers have each build, by workflow; the empty name for those that name none. */
    private final Map<String, Map<String, Integer>> connected = new HashMap<>();
    /** Until when those whose last worker was lost may come back. */
    private final Map<Build, Long> missing = new HashMap<>();
    /** Until when any may come back that has not been seen yet: after a recovery nobody knows who is there. */
    private long anyUntilMicros = Long.MIN_VALUE;
    /** Whether some run of the tenant has ever stayed on a build: else nobody has to be moved. */
    private boolean used;
    /** Whether some came or went since it was last looked at who has to wait elsewhere. */
    private boolean changed;

    Builds(Tenant tenant, Memory memory) {
        this.tenant = tenant;
        this.memory = memory;
    }

    /**
     * Whether a run that stays on a build must be kept from others: workers of others are there, and one of its own is too, or may come
     * back shortly.
     */
    boolean separate(String workflow, String build) {
        var present = connected.getOrDefault(workflow, Map.of());
        boolean isThere = present.containsKey(build);
        return present.size() > (isThere ? 1 : 0) && (isThere || mayComeBack(new Build(workflow, build)));
    }

    private boolean mayComeBack(Build build) {
        long now = Instants.micros(memory.clock);
        return now < anyUntilMicros || now < missing.getOrDefault(build, Long.MIN_VALUE);
    }

    /** What a worker has, among its labels. */
    static Map<String, String> labels(WorkerInfo info) {
        if (info.builds().isEmpty()) {
            return info.labels();
        }
        var labels = new TreeMap<>(info.labels());
        info.builds().forEach((workflow, build) -> labels.put(LABEL + workflow, build));
        return labels;
    }

    /** Workers that were there have the grace to come back, and nobody else is known. */
    void recovered() {
        anyUntilMicros = graceEnd();
        memory.timers.set(this, anyUntilMicros);
    }

    void came(WorkerInfo info) {
        for (var workflow : workflows(info)) {
            var build = info.build(workflow);
            if (connected.computeIfAbsent(workflow, any -> new HashMap<>(2)).merge(build, 1, Integer::sum) == 1) {
                missing.remove(new Build(workflow, build));
                change();
            }
        }
    }

    /**
     * A worker takes nothing any more.
     *
     * @param forGood whether it will not come back
     */
    void went(WorkerInfo info, boolean forGood) {
        for (var workflow : workflows(info)) {
            var build = info.build(workflow);
            var present = connected.get(workflow);
            if (present.merge(build, -1, (one, other) -> one + other == 0 ? null : one + other) == null) {
                if (!forGood) {
                    missing.put(new Build(workflow, build), graceEnd());
                    memory.timers.set(this, earliest());
                }
                change();
            }
        }
    }

    private static Set<String> workflows(WorkerInfo info) {
        return info.versions().stream().map(VersionRef::workflow).collect(Collectors.toCollection(TreeSet::new));
    }

    private long graceEnd() {
        return Instants.micros(memory.clock) + Instants.micros(memory.settings.reconnectGrace());
    }

    /** A run stays on one. */
    void use() {
        used = true;
    }

    private void change() {
        if (!changed) {
            changed = true;
            memory.rebuilt.add(this);
        }
    }

    /** Who waits for a build that is not there any more goes elsewhere, and who waits elsewhere for one that is there again comes back. */
    void moveQueued(Steps steps) {
        changed = false;
        if (!used) {
            return;
        }
        var moving = new ArrayList<Task>();
        for (var run : memory.runs.values()) {
            if (run.tenant == tenant && !run.build.isEmpty() && !run.hasEnded()) {
                run.addQueued(moving);
            }
        }
        moving.sort(Task::compareAge);
        for (var task : moving) {
            if (task.run.version.lane(task) != task.lane()) {
                steps.queueAgain(task);
            }
        }
    }

    /** Some may be gone for good now. */
    void due(long nowMicros) {
        change();
        missing.values().removeIf(end -> end <= nowMicros);
        if (anyUntilMicros <= nowMicros) {
            anyUntilMicros = Long.MIN_VALUE;
        }
        long next = earliest();
        if (next != Long.MAX_VALUE) {
            memory.timers.set(this, next);
        }
    }

    private long earliest() {
        long first = anyUntilMicros > Instants.micros(memory.clock) && anyUntilMicros != Long.MAX_VALUE
                ? anyUntilMicros
                : Long.MAX_VALUE;
        for (long end : missing.values()) {
            first = Math.min(first, end);
        }
        return first;
    }

    @Override
    protected int kind() {
        return Kinds.BUILDS;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        return tenant.id.value().compareTo(((Builds) other).tenant.id.value());
    }
}
