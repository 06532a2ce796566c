package dev.millrace.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Everything ready of one workflow in one shape, and the workers that can serve it. The unit of fair queuing: its start tag
 * says when its next task is due in virtual time.
 */
final class Flow {
    final TenantQueue tenant;
    final WorkflowClock clock;
    /** Breaks ties between equal tags. */
    final int number;

    final List<Session> sessions = new ArrayList<>();
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final List<TreeSet<Lane>> ready = new ArrayList<>();
    private final Set<Lane> wide = new LinkedHashSet<>();

    /** Start tag of start-time fair queuing. */
    long tag;
    /** No worker has a free slot. */
    private boolean starved = true;

    private final boolean[] listed = new boolean[Lane.CLASSES];

    /** Virtual time of a workflow, shared by its shapes: so many versions do not make so many shares. */
    static final class WorkflowClock {
        long finish;
    }

    Flow(TenantQueue tenant, WorkflowClock clock, int number) {
        this.tenant = tenant;
        this.clock = clock;
        this.number = number;
        for (int i = 0; i < Lane.CLASSES; i++) {
            int priority = i;
            ready.add(new TreeSet<>(
                    Comparator.<Lane>comparingLong(lane -> lane.head[priority]).thenComparingInt(lane -> lane.node)));
        }
    }

    void add(Task task, boolean front) {
        var lane = lanes.computeIfAbsent(task.node, node -> new Lane(this, node, task.slots()));
        int priority = task.run.priority.ordinal();
        lane.add(task, priority, front);
        if (!lane.parked && (front || lane.head[priority] == 0)) {
            relist(lane);
        }
    }

    /** The lane whose first task of this class has waited longest, or null. */
    Lane oldest(int priority) {
        return ready.get(priority).isEmpty() ? null : ready.get(priority).first();
    }

    /** Puts a lane into the order again after its first tasks have changed. */
    void relist(Lane lane) {
        remove(lane);
        if (!lane.parked) {
            for (int i = 0; i < Lane.CLASSES; i++) {
                var first = lane.peek(i);
                if (first != null) {
                    lane.head[i] = first.ready;
                    ready.get(i).add(lane);
                }
            }
        }
        update();
    }

    void park(Lane lane) {
        lane.parked = true;
        relist(lane);
    }

    void unpark(Lane lane) {
        lane.parked = false;
        relist(lane);
    }

    /** Parks a lane until any slot becomes free: there are free slots, but not as many on one worker as it needs. */
    void parkUntilMoreSlots(Lane lane) {
        park(lane);
        wide.add(lane);
    }

    private void remove(Lane lane) {
        for (int i = 0; i < Lane.CLASSES; i++) {
            if (lane.head[i] != 0) {
                ready.get(i).remove(lane);
                lane.head[i] = 0;
            }
        }
    }

    /** The tenant's order knows this flow for each class in which it has something that a worker could take. */
    private void update() {
        for (int i = 0; i < Lane.CLASSES; i++) {
            boolean wanted = !starved && !ready.get(i).isEmpty();
            if (wanted != listed[i]) {
                if (wanted) {
                    boolean idle = true;
                    for (boolean other : listed) {
                        idle &= !other;
                    }
                    if (idle) {
                        // Who comes back does not make up for the time it had nothing to do.
                        tag = Math.max(tenant.virtualTime(), clock.finish);
                    }
                    tenant.list(i, this);
                } else {
                    tenant.unlist(i, this);
                }
                listed[i] = wanted;
            }
        }
    }

    /** Charges the flow for one task, and moves its tag. */
    void charge(long cost) {
        for (int i = 0; i < Lane.CLASSES; i++) {
            if (listed[i]) {
                tenant.unlist(i, this);
            }
        }
        clock.finish = Math.max(tag, clock.finish) + cost;
        tag = clock.finish;
        for (int i = 0; i < Lane.CLASSES; i++) {
            if (listed[i]) {
                tenant.list(i, this);
            }
        }
    }

    /** A worker joined or has a slot more. */
    void slotFreed() {
        if (!wide.isEmpty()) {
            var lanes = List.copyOf(wide);
            wide.clear();
            lanes.forEach(this::unpark);
        }
        if (starved) {
            starved = false;
            update();
        }
    }

    /** No worker has a slot left: nothing of this flow is looked at until one has. */
    void starve() {
        starved = true;
        update();
    }

    /** The least loaded worker with so many free slots, or null. */
    Session leastLoaded(int slots) {
        Session best = null;
        for (var session : sessions) {
            if (session.free() >= slots
                    && (best == null
                            || (long) session.used * best.worker.slots() < (long) best.used * session.worker.slots())) {
                best = session;
            }
        }
        return best;
    }

    boolean anyFree() {
        for (var session : sessions) {
            if (session.free() > 0) {
                return true;
            }
        }
        return false;
    }
}
