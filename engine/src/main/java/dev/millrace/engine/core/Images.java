package dev.millrace.engine.core;

import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.RunImage.Transition;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.ShardImage.BucketImage;
import dev.millrace.engine.TaskSpent;
import dev.millrace.engine.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Makes images of runs and of the shard, and remembers which runs have been captured. */
final class Images {
    private final Memory memory;
    /** The runs of the capture that has not been projected yet; null when there is none. */
    private List<Run> captured;

    Images(Memory memory) {
        this.memory = memory;
    }

    /** The run as it stands, for a reply: with every transition that the store does not have. */
    RunImage of(Run run) {
        if (run.image != null) {
            return run.image;
        }
        var history = new ArrayList<>(run.captured);
        if (run.history != null) {
            history.addAll(run.history);
        }
        return image(run, Collections.unmodifiableList(RunImage.since(history)), List.of());
    }

    /** As {@link #of}, for a run that will not change any more: kept, so that the next capture need not make it again. */
    RunImage ofEnded(Run run) {
        var image = of(run);
        if (run.captured.isEmpty()) {
            run.image = image;
        }
        return image;
    }

    List<RunImage> capture() {
        if (captured != null) {
            throw new IllegalStateException(
                    "The last capture has not been projected; capture again after projected().");
        }
        captured = memory.dirty;
        memory.dirty = new ArrayList<>();
        memory.keys.capture();
        var images = new ArrayList<RunImage>(captured.size());
        for (var run : captured) {
            run.dirty = false;
            run.inPass = true;
            List<Transition> history = run.history == null ? List.of() : Collections.unmodifiableList(run.history);
            images.add(run.image != null ? run.image.withFormer(run.former) : image(run, history, run.former));
            run.history = null;
            run.former = List.of();
            run.fresh = Usage.NONE;
            run.captured = history;
            run.known = true;
        }
        return images;
    }

    /** The runs of the last capture, whose images are stored now. */
    List<Run> projected() {
        if (captured == null) {
            throw new IllegalStateException("Nothing has been captured that could have been projected.");
        }
        var runs = captured;
        for (var run : runs) {
            run.captured = List.of();
            run.inPass = false;
        }
        memory.keys.projected(memory.clock);
        captured = null;
        return runs;
    }

    ShardImage shard() {
        var buckets = new ArrayList<BucketImage>();
        for (var tenant : memory.tenants.values()) {
            long clock = Instants.micros(memory.clock);
            for (var bucket : tenant.scheduler.limits().usedBuckets(clock)) {
                buckets.add(new BucketImage(
                        tenant.id,
                        bucket.name(),
                        bucket.key(),
                        Instants.of(bucket.atMicros()),
                        bucket.level(),
                        bucket.closedUntilMicros() <= clock ? Instant.MIN : Instants.of(bucket.closedUntilMicros())));
            }
        }
        var throttles = memory.tenants.values().stream()
                .flatMap(tenant -> tenant.throttles.images(tenant.id, memory.clock).stream())
                .toList();
        return new ShardImage(memory.clock, buckets, throttles);
    }

    /** A run that has ended and is about to run again, as it ended. */
    static RunImage former(Run run) {
        return image(run, List.of(), List.of()).stored(List.of());
    }

    private static RunImage image(Run run, List<Transition> history, List<RunImage> former) {
        return new RunImage(
                run.tenant.id,
                run.id,
                !run.known,
                run.generation,
                run.version.ref,
                run.state,
                run.input,
                run.idempotencyKey,
                run.priority,
                run.metadata,
                run.started,
                run.deadline,
                tasks(run),
                run.cleanUp,
                Optional.ofNullable(run.failure),
                run.compensated,
                run.deadlinePassed,
                run.cancelReason,
                run.ended,
                run.terms,
                Optional.ofNullable(run.parent),
                Mailbox.image(run.mailbox),
                run.heard,
                run.build,
                run.allowance,
                run.spending(),
                Optional.ofNullable(run.window).map(Gathered::image),
                history,
                Passivation.of(run),
                former);
    }

    private static List<TaskImage> tasks(Run run) {
        var images = new ArrayList<TaskImage>(run.tasks.length);
        for (int node = 0; node < run.tasks.length; node++) {
            var fan = run.fan(node);
            if (fan != null) {
                for (var task : fan.elements) {
                    images.add(task(task));
                }
            } else if (run.tasks[node] != null) {
                images.add(task(run.tasks[node]));
            }
        }
        return Collections.unmodifiableList(images);
    }

    private static TaskImage task(Task task) {
        return new TaskImage(
                task.node.number,
                task.element,
                task.state,
                task.attempt,
                task.charged,
                task.result,
                task.elements,
                Optional.ofNullable(task.failure),
                task.worker == null ? Optional.empty() : task.worker.present,
                task.queued,
                task.due,
                task.started,
                task.ended,
                task.terms,
                task.checkpoints(),
                task.call,
                task.released,
                TaskSpent.of(task.used, task.spent),
                Optional.ofNullable(task.seal),
                Optional.ofNullable(task.held),
                task.loop);
    }
}
