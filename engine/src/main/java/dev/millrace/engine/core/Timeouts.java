package dev.millrace.engine.core;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import java.time.Duration;

/** Decides what becomes of tasks and runs whose time is up. */
final class Timeouts {
    private final Memory memory;
    private final Recorder recorder;
    private final Progress progress;

    Timeouts(Memory memory, Recorder recorder, Progress progress) {
        this.memory = memory;
        this.recorder = recorder;
        this.progress = progress;
    }

    /** A task's timer came due. */
    void due(Task task) {
        switch (task.state) {
            case QUEUED -> queuedTooLong(task);
            case ASSIGNED -> {
                progress.stop(task, Progress.STALE);
                progress.lose(task, "not accepted within " + memory.settings.acceptLease());
            }
            case RUNNING -> {
                progress.stop(task, Progress.TIMED_OUT);
                progress.fail(task, AttemptState.TIMED_OUT, timeout(task));
            }
            case PENDING, BACKING_OFF, WAITING, SUCCEEDED, FAILED, CANCELLED, SKIPPED ->
                throw new IllegalStateException("A timer of a task that is " + task.state + " came due.");
        }
    }

    /** A durable step has no time left for another attempt. */
    private static Failure timeout(Task task) {
        var timeout = Duration.ofNanos(task.node.timeoutMicros * 1000);
        boolean durable = task.trail != null;
        return new Failure(
                Failure.STEP_TIMEOUT,
                "Step '" + task.node.name + "' ran longer than its timeout of " + timeout
                        + (durable ? ", its waits included." : "."),
                "",
                durable,
                0,
                "");
    }

    /** The time of a durable step is up while no worker has it. */
    void timedOut(Task task) {
        progress.fail(task.run, task.node, task.element, timeout(task));
        progress.settle(task.run);
    }

    private void queuedTooLong(Task task) {
        if (task.trail != null && task.trail.endMicros() <= recorder.nowMicros()) {
            timedOut(task);
            return;
        }
        boolean served = task.run.version.shape.isServed();
        var waited = Duration.ofNanos(task.node.queueTimeoutMicros * 1000);
        var failure = Failure.of(
                served && !Waits.lacksLabels(task, recorder.nowMicros())
                        ? Failure.QUEUE_TIMEOUT
                        : Failure.NO_COMPATIBLE_WORKER,
                "Step '" + task.node.name + "' waited for its queue timeout of " + waited + ", and "
                        + (served
                                ? Waits.atLast(task, recorder.nowMicros())
                                : "no connected worker serves version " + task.run.version.ref
                                        + " or one of equal shape. Start one, then start the run again."));
        progress.fail(
                task.run, task.node, task.element, task.seal == null ? failure : Progress.unsealed(task, failure));
        progress.settle(task.run);
    }

    /** A run takes longer than it may. */
    void deadlinePassed(Run run) {
        if (!run.isHalted()) {
            recorder.record(new Fact.RunDeadlinePassed(run.tenant.id, recorder.now(), run.id));
            progress.stopLive(run);
            progress.settle(run);
        }
    }
}
