package dev.millrace.engine.core;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.RunState;
import dev.millrace.engine.core.Tables.AttemptEvent;
import dev.millrace.engine.core.Tables.RunEvent;
import dev.millrace.engine.core.Tables.TaskEvent;
import java.time.Instant;

/** Takes runs, tasks and attempts from state to state as the {@link Tables} say, and puts it into the run's history. */
final class States {
    private final Transitions watcher;

    States(Transitions watcher) {
        this.watcher = watcher;
    }

    // ---- tasks ----

    void move(Task task, TaskEvent event) {
        watcher.taken(task.state, event);
        task.state = Tables.TASK.next(task.state, event);
    }

    static void note(Task task, Instant at, String detail) {
        note(task, at, task.state.name(), detail);
    }

    /** Something that happens to a task without changing its state. */
    static void note(Task task, Instant at, String what, String detail) {
        task.run.note(at, task.node.number, task.element, 0, what, detail);
    }

    // ---- attempts ----

    static void noteOffer(Task task, Instant at) {
        task.run.note(at, task.node.number, task.element, task.attempt, AttemptState.OFFERED.name(), task.worker.text);
    }

    void note(Task task, AttemptEvent event, Instant at, String detail) {
        watcher.taken(task.liveAttempt(), event);
        var state = Tables.ATTEMPT.next(task.liveAttempt(), event);
        task.run.note(at, task.node.number, task.element, task.attempt, state.name(), detail, task.spent.used());
    }

    // ---- runs ----

    static void note(Run run, Instant at, String what, String detail) {
        run.note(at, -1, 0, 0, what, detail);
    }

    void move(Run run, RunEvent event, Instant at) {
        watcher.taken(run.state, event);
        run.state = Tables.RUN.next(run.state, event);
        note(run, at, run.state.name(), "");
    }

    /** One of its tasks goes on. */
    void wake(Run run, Instant at) {
        if (run.state == RunState.WAITING) {
            move(run, RunEvent.BUSY, at);
        }
    }

    /** Whether all that is left waits for a time. */
    void idle(Run run, Instant at) {
        if (run.waiting > 0 && run.waiting == run.active && run.state == RunState.RUNNING) {
            move(run, RunEvent.IDLE, at);
        }
    }
}
