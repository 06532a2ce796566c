package dev.millrace.engine.scheduling;

import dev.millrace.engine.Age;
import dev.millrace.engine.Hold;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.timer.Timer;
import dev.millrace.engine.timer.Timers;
import dev.millrace.manifest.placement.PlacementSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A fault that the engine must not have: a task that could go, and whose turn nobody asks for. */
public final class ForgottenTask extends Ready {
    private ForgottenTask() {}

    /** What it waits for. */
    public static List<Hold> holds(Instant now) {
        var scheduler = new Scheduler(new Timers(), () -> {});
        var shape = scheduler.shape("service", "w", "shape");
        var kind = new Kind(
                shape, false, Priority.NORMAL, 1, PlacementSpec.ANYWHERE, "", "", List.of(), List.of(), List.of());
        var task = new ForgottenTask();
        scheduler.queue(task, scheduler.lane(kind));
        scheduler.crews().join(new Idle(), List.of(shape), "", Map.of());
        return scheduler.holds(task, now, now.toEpochMilli() * 1_000);
    }

    private static final class Idle extends WorkerSlots {
        Idle() {
            setSlots(1);
        }

        @Override
        protected String slotKind() {
            return "";
        }

        @Override
        protected int kind() {
            return 2;
        }

        @Override
        protected int compareAtSameInstant(Timer other) {
            return 0;
        }
    }

    @Override
    protected Age age() {
        return new Age(Instant.EPOCH, new RunId(new UUID(0, 1)));
    }

    @Override
    protected int compareAge(Age other) {
        return age().compareTo(other);
    }

    @Override
    protected int compareAge(Ready other) {
        return 0;
    }

    @Override
    protected WorkerSlots lastWorker() {
        return null;
    }

    @Override
    protected long sinceMicros() {
        return 0;
    }

    @Override
    protected long cost(int take) {
        return 1;
    }

    @Override
    protected int kind() {
        return 1;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        return 0;
    }
}
