package dev.millrace.engine.core;

import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.TaskState;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Puts images back into memory. What an image does not say follows from what it says: how many parents each step waits for,
 * joins of mapped steps, what queues where.
 */
final class Restorer {
    private final Memory memory;
    private final Ledger ledger;

    Restorer(Memory memory, Ledger ledger) {
        this.memory = memory;
        this.ledger = ledger;
    }

    void restore(ShardImage image) {
        memory.clock = image.clock();
        for (var bucket : image.buckets()) {
            memory.tenant(bucket.tenant())
                    .scheduler
                    .restore(
                            bucket.limit(),
                            bucket.level(),
                            Instants.micros(bucket.at()),
                            bucket.closedUntil().equals(Instant.MIN)
                                    ? Long.MIN_VALUE
                                    : Instants.micros(bucket.closedUntil()));
        }
    }

    void restore(RunImage image) {
        var tenant = memory.tenant(image.tenant());
        var run = new Run(
                tenant,
                image.run(),
                image.generation(),
                memory.version(tenant, image.version()),
                image.input(),
                image.idempotencyKey(),
                image.priority(),
                image.metadata(),
                image.started(),
                image.deadline());
        if (memory.runs.put(run.id, run) != null) {
            throw new IllegalStateException("Run " + run.id + " was restored twice.");
        }
        run.known = true;
        run.state = image.state();
        run.failure = image.failure().orElse(null);
        run.cancelReason = image.cancelReason();
        run.deadlinePassed = image.deadlinePassed();
        run.compensated = image.compensated();
        run.cleanUp = image.cleanUp();
        run.ended = image.ended();
        restoreSteps(run, image.tasks());
        for (int handler : run.cleanUp) {
            if (run.stateOf(handler).isFinal()) {
                run.cleanedUp++;
            }
        }
        if (!run.isCleaningUp() && !run.hasEnded()) {
            memory.timers.set(run, Instants.micros(run.deadline));
        }
    }

    private void restoreSteps(Run run, List<TaskImage> images) {
        var plan = run.version.plan;
        int[] from = new int[plan.nodes.length + 1];
        for (var image : images) {
            from[image.node() + 1]++;
        }
        for (int i = 1; i < from.length; i++) {
            from[i] += from[i - 1];
        }
        for (int number : plan.ordered) {
            restoreStep(run, plan.nodes[number], images.subList(from[number], from[number + 1]));
            if (run.stateOf(number).isFinal()) {
                for (int successor : plan.nodes[number].successors) {
                    run.missing[successor]--;
                }
            }
        }
        for (int number = plan.steps; number < plan.nodes.length; number++) {
            restoreStep(run, plan.nodes[number], images.subList(from[number], from[number + 1]));
        }
    }

    private void restoreStep(Run run, Plan.Node node, List<TaskImage> images) {
        if (!node.isMapped()) {
            if (!images.isEmpty()) {
                run.tasks[node.number] = restoreTask(run, node, images.get(0));
            } else if (node.conditional && isUndecided(run, node)) {
                ledger.toAsk.add(run.ask(node));
            }
        } else if (!images.isEmpty() && images.get(0).neverBegan()) {
            run.tasks[node.number] = restoreTask(run, node, images.get(0));
        } else if (!images.isEmpty() || joinedAtOnce(run, node)) {
            restoreFan(run, node, images);
        }
    }

    /** A step that could run is not to run before its condition holds. */
    private static boolean isUndecided(Run run, Plan.Node node) {
        return (run.missing.length == 0 || run.missing[node.number] == 0)
                && run.mayBegin(node)
                && !run.hasEnded()
                && Values.obstacle(run, node).isEmpty();
    }

    /**
     * A mapped step over an empty list has no tasks and has succeeded. Also in a run that is ending by now: what it gave up has an
     * image, as skipped.
     */
    private static boolean joinedAtOnce(Run run, Plan.Node node) {
        return run.missing[node.number] == 0
                && Values.obstacle(run, node).isEmpty()
                && Values.elements(run, node.mappedOver) == 0;
    }

    private void restoreFan(Run run, Plan.Node node, List<TaskImage> images) {
        var fan = new Fan(images.size());
        run.fans[node.number] = fan;
        var ended = images.isEmpty() ? endOfParents(run, node) : Instant.MIN;
        for (int i = 0; i < images.size(); i++) {
            var task = restoreTask(run, node, images.get(i));
            fan.elements[i] = task;
            if (task.state.isFinal()) {
                fan.open--;
                ended = task.ended.isAfter(ended) ? task.ended : ended;
            }
        }
        if (fan.open == 0) {
            fan.join(ended);
        }
    }

    private static Instant endOfParents(Run run, Plan.Node node) {
        return Arrays.stream(node.edges)
                .map(edge ->
                        run.fan(edge.parent()) == null ? run.tasks[edge.parent()].ended : run.fan(edge.parent()).ended)
                .max(Instant::compareTo)
                .orElse(run.started);
    }

    private Task restoreTask(Run run, Plan.Node node, TaskImage image) {
        var task = new Task(run, node, image.element());
        task.state = image.state();
        task.attempt = image.attempt();
        task.charged = image.charged();
        task.result = image.result();
        task.elements = image.elements();
        task.failure = image.failure().orElse(null);
        task.queued = image.queued();
        task.due = image.due();
        task.started = image.started();
        task.ended = image.ended();
        if (image.worker().isPresent()) {
            var worker = run.tenant.worker(image.worker().get());
            if (task.state.isLive()) {
                worker.attach(task);
            } else {
                task.worker = worker;
            }
        }
        if (!task.state.isFinal()) {
            run.active++;
            resume(task);
        }
        return task;
    }

    /** Live tasks wait for their workers; see the end of the recovery. */
    private void resume(Task task) {
        if (task.state == TaskState.QUEUED) {
            task.run.tenant.scheduler.queue(task, task.run.version.lane(task.node, task.run.priority));
            memory.timers.set(task, Instants.micros(task.queued) + task.node.queueTimeoutMicros);
        } else if (task.state == TaskState.BACKING_OFF) {
            task.run.waiting++;
            memory.timers.set(task, Instants.micros(task.due));
        }
    }
}
