package dev.millrace.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What of one tenant is ready, in the order in which it is to be taken: priority class, then fairly among workflows by
 * start-time fair queuing (Goyal, Vin, Cheng 1996), then age. Everything listed could start now but for its rate limits.
 */
final class TenantQueue {
    /** A class gives way to the one below when that one's first task has waited so much longer than a task should. */
    static final long AGEING_MICROS = 60_000_000L;

    private static final long COST = 1L << 16;

    final TenantId tenant;
    final Map<VersionRef, WorkflowPlan> plans = new HashMap<>();
    final Map<String, Bucket> buckets = new TreeMap<>();

    private final Map<String, Flow> flows = new HashMap<>();
    private final Map<String, Flow.WorkflowClock> clocks = new HashMap<>();
    private final List<TreeSet<Flow>> ready = new ArrayList<>();
    private long virtualTime;

    TenantQueue(TenantId tenant) {
        this.tenant = tenant;
        for (int i = 0; i < Lane.CLASSES; i++) {
            ready.add(new TreeSet<>(
                    Comparator.<Flow>comparingLong(flow -> flow.tag).thenComparingInt(flow -> flow.number)));
        }
    }

    Flow flow(WorkflowPlan plan) {
        return flows.computeIfAbsent(
                plan.manifest().workflow() + "/" + plan.shape(),
                key -> new Flow(
                        this,
                        clocks.computeIfAbsent(plan.manifest().workflow(), name -> new Flow.WorkflowClock()),
                        flows.size()));
    }

    void list(int priority, Flow flow) {
        ready.get(priority).add(flow);
    }

    void unlist(int priority, Flow flow) {
        ready.get(priority).remove(flow);
    }

    long virtualTime() {
        return virtualTime;
    }

    /** A task and the worker it goes to. */
    record Pick(Task task, Session session) {}

    /** Takes the next task that can start now, or null when there is none. */
    Pick take(long now, Alarms alarms) {
        while (true) {
            int priority = next(now);
            if (priority < 0) {
                return null;
            }
            var flow = ready.get(priority).first();
            var lane = flow.oldest(priority);
            var task = lane.peek(priority);
            if (task == null || lane.head[priority] != task.ready) {
                flow.relist(lane);
                continue;
            }
            var bucket = blocking(task, now, alarms);
            if (bucket != null) {
                flow.park(lane);
                bucket.parked.add(lane);
                continue;
            }
            var session = flow.leastLoaded(lane.slots);
            if (session == null) {
                if (flow.anyFree()) {
                    flow.parkUntilMoreSlots(lane);
                } else {
                    flow.starve();
                }
                continue;
            }
            virtualTime = Math.max(virtualTime, flow.tag);
            lane.removeFirst(priority);
            flow.relist(lane);
            flow.charge(COST);
            return new Pick(task, session);
        }
    }

    private int next(long now) {
        int best = -1;
        for (int priority = Lane.CLASSES - 1; priority >= 0; priority--) {
            if (ready.get(priority).isEmpty()) {
                continue;
            }
            if (best < 0) {
                best = priority;
                continue;
            }
            var task = ready.get(priority).first().oldest(priority).peek(priority);
            if (task != null && now - Micros.of(task.queued) >= AGEING_MICROS * (best - priority)) {
                best = priority;
            }
        }
        return best;
    }

    /** The first of the task's rate limits that has not the tokens, with its alarm set for when it will; or null. */
    private Bucket blocking(Task task, long now, Alarms alarms) {
        for (var use : task.run.plan.limits(task.node)) {
            var bucket = buckets.get(use.name());
            long when = bucket.availableAt(use.cost(), now);
            if (when > now) {
                if (bucket.index < 0 || when < bucket.due) {
                    alarms.set(bucket, when);
                }
                return bucket;
            }
        }
        return null;
    }

    /** The bucket has tokens again: everything parked there may try, in fair order. */
    void wake(Bucket bucket) {
        var lanes = List.copyOf(bucket.parked);
        bucket.parked.clear();
        for (var lane : lanes) {
            lane.flow.unpark(lane);
        }
    }
}
