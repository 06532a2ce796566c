package dev.millrace.engine.core;

import dev.millrace.engine.Priority;
import dev.millrace.engine.RunState;
import dev.millrace.engine.Terms;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.scheduling.Kind;
import dev.millrace.engine.scheduling.Lane;
import dev.millrace.engine.scheduling.Scheduler;
import dev.millrace.engine.scheduling.Shape;
import dev.millrace.manifest.placement.PlacementSpec;
import java.util.List;

/** A version of a workflow of a tenant, ready to run. */
final class Version {
    final VersionRef ref;
    final Plan plan;
    final Shape shape;
    private static final int PRIORITIES = Priority.values().length;

    private final Scheduler scheduler;
    /** By node, priority and whether the run has begun. */
    private final Lane[] lanes;

    Version(VersionRef ref, Plan plan, Shape shape, Scheduler scheduler) {
        this.ref = ref;
        this.plan = plan;
        this.shape = shape;
        this.scheduler = scheduler;
        this.lanes = new Lane[plan.nodes.length * PRIORITIES * 2];
    }

    /** Where a task queues. */
    Lane lane(Task task) {
        boolean entry = task.run.state == RunState.QUEUED;
        var turns = task.turns();
        if (task.isBound()
                || !turns.fairness().isEmpty()
                || hasKeys(task.terms)
                || !task.run.terms.requires().isEmpty()
                || !task.run.pin().isEmpty()
                || entry && hasKeys(task.run.terms.ofRun())) {
            return scheduler.lane(kind(task, entry), turns.weight());
        }
        int index = (task.node.number * PRIORITIES + task.run.priority.ordinal()) * 2 + (entry ? 1 : 0);
        if (lanes[index] == null) {
            lanes[index] = scheduler.lane(kind(task, entry));
        }
        return lanes[index];
    }

    private static boolean hasKeys(Terms terms) {
        return !terms.concurrency().isEmpty()
                || !terms.limitKeys().isEmpty()
                || !terms.batch().isEmpty();
    }

    /** Labels that only runs ask for become known when the first of those queues. */
    private static PlacementSpec placement(Task task) {
        if (task.run.terms.requires().isEmpty() && task.run.pin().isEmpty()) {
            return task.node.placement;
        }
        var placement = task.placement();
        task.run.tenant.ask(placement);
        return placement;
    }

    private Kind kind(Task task, boolean entry) {
        return new Kind(
                shape,
                entry,
                task.run.priority,
                task.node.slots,
                task.node.slotKind,
                placement(task),
                task.boundTo(),
                task.turns().fairness(),
                entry ? task.run.claims() : List.of(),
                task.claims(),
                task.takes(),
                task.node.batch.map(batch -> new Kind.Gather(
                        ref.hash(),
                        task.node.name,
                        task.terms.batch(),
                        batch.maxSize(),
                        Instants.micros(batch.maxWait()))),
                !task.run.terms.requires().isEmpty() || !task.run.pin().isEmpty());
    }
}
