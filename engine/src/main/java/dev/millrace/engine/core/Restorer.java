package dev.millrace.engine.core;

import dev.millrace.engine.RunImage;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.scheduling.Limits.Arrival;
import java.time.Instant;
import java.util.List;

/** Puts images back into memory. */
final class Restorer {
    private final Memory memory;
    private final Rebuilder rebuilder;
    private final StartWindows windows;

    Restorer(Memory memory, Rebuilder rebuilder, StartWindows windows) {
        this.memory = memory;
        this.windows = windows;
        this.rebuilder = rebuilder;
    }

    void restore(ShardImage image) {
        memory.clock = image.clock();
        for (var bucket : image.buckets()) {
            memory.tenant(bucket.tenant())
                    .scheduler
                    .limits()
                    .restore(
                            bucket.limit(),
                            bucket.key(),
                            bucket.level(),
                            Instants.micros(bucket.at()),
                            bucket.closedUntil().equals(Instant.MIN)
                                    ? Long.MIN_VALUE
                                    : Instants.micros(bucket.closedUntil()));
        }
        image.throttles()
                .forEach(period -> memory.tenant(period.tenant()).throttles.restore(period));
    }

    /** Takes a run out of memory, with all that could happen to it. It must not have attempts or open questions. */
    void remove(Run run) {
        memory.remove(run);
        memory.timers.cancel(run);
        for (int node = 0; node < run.tasks.length; node++) {
            var fan = run.fan(node);
            if (fan != null) {
                for (var task : fan.elements) {
                    remove(task);
                }
            } else if (run.tasks[node] != null) {
                remove(run.tasks[node]);
            }
        }
    }

    private void remove(Task task) {
        memory.timers.cancel(task);
        if (task.isInLane()) {
            task.run.tenant.scheduler.unqueue(task, Instants.micros(memory.clock));
        }
    }

    /** Puts a run back that is not in memory. */
    Run restore(RunImage image) {
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
                image.deadline(),
                image.terms(),
                image.parent());
        if (!memory.add(run)) {
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
        run.mailbox = Mailbox.of(image.signals());
        run.heard = image.heard();
        run.staysOn(image.build());
        run.allowance = image.allowance();
        image.signals().kept().forEach(signal -> memory.holds(run, signal.payload()));
        image.window().ifPresent(window -> windows.restore(run, window));
        if (run.isInWindow()) {
            return run;
        }
        if (run.isAdmitted()) {
            memory.permits.holdAgain(run);
        }
        if (!run.hasEnded() && !run.isHalted()) {
            memory.permits.contend(run, Arrival.RESTORED, List.of());
        }
        rebuilder.rebuild(run, image.tasks());
        for (int handler : run.cleanUp) {
            if (run.stateOf(handler).isFinal()) {
                run.cleanedUp++;
            }
        }
        if (!run.isCleaningUp() && !run.hasEnded()) {
            memory.timers.set(run, Instants.micros(run.deadline));
        }
        return run;
    }
}
