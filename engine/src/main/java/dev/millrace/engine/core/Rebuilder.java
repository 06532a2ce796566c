package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Verdict;
import dev.millrace.engine.scheduling.Limits.Arrival;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * Puts the tasks of an image into a run. What the image does not say follows from what it says: how many parents each step waits
 * for, joins of mapped steps, open questions, what queues where.
 */
final class Rebuilder {
    private final Memory memory;
    private final List<Question> toAsk;

    /**
     * A rebuilder.
     *
     * @param toAsk where open questions go
     */
    Rebuilder(Memory memory, List<Question> toAsk) {
        this.memory = memory;
        this.toAsk = toAsk;
    }

    /** Puts the tasks into a run that has none, in the order of their numbers. */
    void rebuild(Run run, List<TaskImage> images) {
        var plan = run.version.plan;
        int[] from = new int[plan.nodes.length + 1];
        for (var image : images) {
            from[image.node() + 1]++;
            // First of all: where a task is to wait may depend on a success of a step with a higher number.
            if (image.state() == TaskState.SUCCEEDED && image.worker().isPresent()) {
                run.succeeded(
                        run.tenant.formerWorker(image.worker().get()), image.ended(), image.node(), image.element());
            }
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
        if (!images.isEmpty() && (!node.isMapped() || images.get(0).neverBegan())) {
            run.tasks[node.number] = restoreTask(run, node, images.get(0));
        } else if (!images.isEmpty() || node.isMapped() && joinedAtOnce(run, node)) {
            restoreFan(run, node, images);
        } else if (node.asks && isUndecided(run, node)) {
            toAsk.add(run.ask(node));
        }
    }

    /** A step that could run is not to run before the edge has told whether and how. */
    private static boolean isUndecided(Run run, Plan.Node node) {
        return run.isReady(node.number)
                && run.mayBegin(node)
                && !run.hasEnded()
                && Values.obstacle(run, node).isEmpty()
                && run.needsAnswer(node);
    }

    /**
     * A mapped step over an empty list has no tasks and has succeeded. Also in a run that is ending by now: what it gave up has an
     * image, as skipped.
     */
    private static boolean joinedAtOnce(Run run, Plan.Node node) {
        return run.missing[node.number] == 0
                && Values.obstacle(run, node).isEmpty()
                && run.terms.step(node.number).orElse(Verdict.PLAIN) instanceof Verdict.Holds
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
        memory.holds(run, task.result);
        task.loop = image.loop();
        memory.holds(run, task.loop.state());
        task.elements = image.elements();
        task.failure = image.failure().orElse(null);
        task.queued = image.queued();
        task.due = image.due();
        task.started = image.started();
        task.ended = image.ended();
        task.terms = image.terms();
        task.seal = image.seal().orElse(null);
        task.used = image.spent().used();
        task.spent = image.spent().newest();
        run.used = run.used.plus(task.used);
        restoreTrails(task, image.checkpoints());
        task.held = image.held().orElse(null);
        if (task.held != null) {
            run.funds.hold(task);
        }
        if (image.worker().isPresent()) {
            var id = image.worker().get();
            if (task.state.isLive()) {
                memory.hasCall(image.call());
                run.tenant.worker(id).attach(task, image.call());
                if (image.released()) {
                    task.worker.release(task);
                }
                memory.permits.hold(task);
                if (run.funds != null) {
                    run.funds.expect(task, Budgets.outstanding(task));
                }
                contend(task);
            } else {
                task.worker = run.tenant.formerWorker(id);
            }
        }
        if (!task.state.isFinal()) {
            run.active++;
            resume(task);
        }
        return task;
    }

    private void restoreTrails(Task task, Checkpoints stored) {
        if (!task.node.waits.isEmpty()) {
            task.awaited = Trail.of(only(stored, true));
            memory.holds(task.run, task.awaited.held());
        }
        if (task.node.durable) {
            task.trail = Trail.of(task.awaited == null ? stored : only(stored, false));
            memory.holds(task.run, task.trail.held());
        }
    }

    /** What the step waited for before it began, or what it did since. */
    private static Checkpoints only(Checkpoints stored, boolean before) {
        return new Checkpoints(
                before ? Instant.MAX : stored.end(),
                before ? 0 : stored.wake(),
                stored.all().stream()
                        .filter(checkpoint -> checkpoint.key().isBefore() == before)
                        .toList());
    }

    /** Whoever is being cancelled has gone already in the eyes of those that come. */
    private void contend(Task task) {
        if (!task.isCancelling() && !task.run.isHalted()) {
            memory.permits.contend(task, Arrival.RESTORED, List.of());
        }
    }

    /** Live tasks wait for their workers; see the end of the recovery. */
    private void resume(Task task) {
        if (task.state == TaskState.QUEUED) {
            contend(task);
            if (task.isBound() && task.run.lastWorker() != null) {
                task.run.tenant.worker(task.run.lastWorker().id); // it may come back
            }
            task.run.tenant.scheduler.queue(task, task.run.version.lane(task));
            if (task.run.funds != null) {
                task.run.funds.queues(task);
            }
            memory.timers.set(task, task.queueEndMicros());
        } else if (task.state == TaskState.BACKING_OFF) {
            task.run.waiting++;
            memory.returns.set(task, Instants.micros(task.due));
        } else if (task.state == TaskState.WAITING) {
            task.run.waiting++;
            memory.timers.set(task, Instants.micros(task.due));
        }
    }
}
