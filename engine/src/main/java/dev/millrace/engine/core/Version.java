package dev.millrace.engine.core;

import dev.millrace.engine.Priority;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.scheduling.Lane;
import dev.millrace.engine.scheduling.Scheduler;
import dev.millrace.engine.scheduling.Shape;

/** A version of a workflow of a tenant, ready to run. */
final class Version {
    final VersionRef ref;
    final Plan plan;
    final Shape shape;
    private static final int PRIORITIES = Priority.values().length;

    private final Scheduler scheduler;
    private final Lane[] lanes;

    Version(VersionRef ref, Plan plan, Shape shape, Scheduler scheduler) {
        this.ref = ref;
        this.plan = plan;
        this.shape = shape;
        this.scheduler = scheduler;
        this.lanes = new Lane[plan.nodes.length * PRIORITIES];
    }

    /** Where tasks of a node queue in runs of a priority. */
    Lane lane(Plan.Node node, Priority priority) {
        int index = node.number * PRIORITIES + priority.ordinal();
        if (lanes[index] == null) {
            lanes[index] = scheduler.lane(shape, priority, node.slots, node.limits);
        }
        return lanes[index];
    }
}
