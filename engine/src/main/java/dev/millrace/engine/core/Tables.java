package dev.millrace.engine.core;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TaskState;
import java.util.List;

/** The state machines of tasks, attempts and runs. */
final class Tables {

    /** What happens to a task. */
    enum TaskEvent {
        /** Its parents are done and it may run. */
        READY,
        /** Its parents are done, and it waits for more than them. */
        AWAITING,
        OFFERED,
        STARTED,
        SUCCEEDED,
        /** An attempt failed and another will follow. */
        RETRY,
        /** An attempt ended a turn of a loop, and another will follow. */
        TURNED,
        /** The time of its next attempt has come. */
        DUE,
        /** It failed for good. */
        FAILED,
        /** Its attempt is void; it queues again. */
        LOST,
        /** It left its worker, because it only waits. */
        SUSPENDED,
        /** What it waited for is there. */
        RESUMED,
        /** A budget of its run holds it back. */
        HELD,
        /** It will not go on, because the run is ending. */
        CANCELLED,
        /** It will never begin. */
        SKIPPED,
        /** Somebody decided that it has succeeded. */
        SETTLED_SUCCEEDED,
        SETTLED_FAILED,
        SETTLED_SKIPPED
    }

    /** What happens to an attempt. */
    enum AttemptEvent {
        STARTED,
        SUCCEEDED,
        FAILED,
        TIMED_OUT,
        LOST,
        CANCELLED,
        SUSPENDED
    }

    /** What happens to a run. */
    enum RunEvent {
        /** One of its tasks was offered, or is ready again. */
        BUSY,
        /** All its tasks wait for a time, an event or a person. */
        IDLE,
        SUCCEEDED,
        FAILED,
        CANCELLED,
        TIMED_OUT
    }

    private static final TaskState[] UNSETTLED = {
        TaskState.QUEUED, TaskState.ASSIGNED, TaskState.RUNNING, TaskState.WAITING, TaskState.BACKING_OFF
    };

    static final StateTable<TaskState, TaskEvent> TASK = StateTable.of("task", TaskState.class, TaskEvent.class)
            .on(TaskEvent.READY, TaskState.QUEUED, TaskState.PENDING)
            .on(TaskEvent.AWAITING, TaskState.WAITING, TaskState.PENDING)
            .on(TaskEvent.OFFERED, TaskState.ASSIGNED, TaskState.QUEUED)
            .on(TaskEvent.STARTED, TaskState.RUNNING, TaskState.ASSIGNED)
            .on(TaskEvent.SUCCEEDED, TaskState.SUCCEEDED, TaskState.ASSIGNED, TaskState.RUNNING)
            .on(TaskEvent.RETRY, TaskState.BACKING_OFF, TaskState.ASSIGNED, TaskState.RUNNING)
            .on(TaskEvent.TURNED, TaskState.BACKING_OFF, TaskState.ASSIGNED, TaskState.RUNNING)
            .on(TaskEvent.DUE, TaskState.QUEUED, TaskState.BACKING_OFF)
            .on(
                    TaskEvent.FAILED,
                    TaskState.FAILED,
                    TaskState.PENDING,
                    TaskState.QUEUED,
                    TaskState.ASSIGNED,
                    TaskState.RUNNING,
                    TaskState.WAITING)
            .on(TaskEvent.LOST, TaskState.QUEUED, TaskState.ASSIGNED, TaskState.RUNNING)
            .on(TaskEvent.SUSPENDED, TaskState.WAITING, TaskState.RUNNING)
            .on(TaskEvent.RESUMED, TaskState.QUEUED, TaskState.WAITING)
            .on(TaskEvent.HELD, TaskState.WAITING, TaskState.QUEUED)
            .on(
                    TaskEvent.CANCELLED,
                    TaskState.CANCELLED,
                    TaskState.QUEUED,
                    TaskState.ASSIGNED,
                    TaskState.RUNNING,
                    TaskState.WAITING,
                    TaskState.BACKING_OFF)
            .on(TaskEvent.SKIPPED, TaskState.SKIPPED, TaskState.PENDING)
            .on(TaskEvent.SETTLED_SUCCEEDED, TaskState.SUCCEEDED, UNSETTLED)
            .on(TaskEvent.SETTLED_FAILED, TaskState.FAILED, UNSETTLED)
            .on(TaskEvent.SETTLED_SKIPPED, TaskState.SKIPPED, UNSETTLED)
            .build();

    static final StateTable<AttemptState, AttemptEvent> ATTEMPT = StateTable.of(
                    "attempt", AttemptState.class, AttemptEvent.class)
            .on(AttemptEvent.STARTED, AttemptState.RUNNING, AttemptState.OFFERED)
            .on(AttemptEvent.SUCCEEDED, AttemptState.SUCCEEDED, AttemptState.OFFERED, AttemptState.RUNNING)
            .on(AttemptEvent.FAILED, AttemptState.FAILED, AttemptState.OFFERED, AttemptState.RUNNING)
            .on(AttemptEvent.TIMED_OUT, AttemptState.TIMED_OUT, AttemptState.RUNNING)
            .on(AttemptEvent.LOST, AttemptState.LOST, AttemptState.OFFERED, AttemptState.RUNNING)
            .on(AttemptEvent.CANCELLED, AttemptState.CANCELLED, AttemptState.OFFERED, AttemptState.RUNNING)
            .on(AttemptEvent.SUSPENDED, AttemptState.SUSPENDED, AttemptState.RUNNING)
            .build();

    static final StateTable<RunState, RunEvent> RUN = StateTable.of("run", RunState.class, RunEvent.class)
            .on(RunEvent.BUSY, RunState.RUNNING, RunState.QUEUED, RunState.WAITING)
            .on(RunEvent.IDLE, RunState.WAITING, RunState.RUNNING)
            .on(RunEvent.SUCCEEDED, RunState.SUCCEEDED, RunState.QUEUED, RunState.RUNNING)
            .on(RunEvent.FAILED, RunState.FAILED, RunState.QUEUED, RunState.RUNNING, RunState.WAITING)
            .on(RunEvent.CANCELLED, RunState.CANCELLED, RunState.QUEUED, RunState.RUNNING, RunState.WAITING)
            .on(RunEvent.TIMED_OUT, RunState.TIMED_OUT, RunState.QUEUED, RunState.RUNNING, RunState.WAITING)
            .build();

    /** Every table there is, in the order in which they are drawn. */
    static final List<StateTable<?, ?>> ALL = List.of(RUN, TASK, ATTEMPT);

    private Tables() {}
}
