package dev.millrace.engine.core;

import dev.millrace.engine.Payload;
import dev.millrace.engine.TaskState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The tasks of a mapped step, one per element, and their join. */
final class Fan {
    final Task[] elements;
    /** Tasks that have not ended. */
    int open;
    /** Of the step as a whole: pending until every task has ended. */
    TaskState state = TaskState.PENDING;

    Instant ended = Instant.MAX;
    private List<Payload> results;

    Fan(int elements) {
        this.elements = new Task[elements];
        this.open = elements;
    }

    /** A task has ended; true when it was the last. */
    boolean ended(Instant at) {
        open--;
        if (open == 0) {
            join(at);
        }
        return open == 0;
    }

    /** Every task has ended: the step has succeeded if all of them have, but for those that somebody skipped. */
    void join(Instant at) {
        ended = at;
        state = TaskState.SUCCEEDED;
        for (var task : elements) {
            if (task.state == TaskState.FAILED) {
                state = TaskState.FAILED;
                return;
            }
            if (task.state != TaskState.SUCCEEDED && task.state != TaskState.SKIPPED) {
                state = TaskState.CANCELLED;
            }
        }
    }

    /** The results of the tasks that succeeded, in the order of their elements; made once, when all have ended. */
    List<Payload> results() {
        if (results == null) {
            var found = new ArrayList<Payload>(elements.length);
            for (var task : elements) {
                if (task.state == TaskState.SUCCEEDED) {
                    found.add(task.result);
                }
            }
            results = List.copyOf(found);
        }
        return results;
    }

    /** The first task that failed; null when none did. */
    Task firstFailed() {
        for (var task : elements) {
            if (task.state == TaskState.FAILED) {
                return task;
            }
        }
        return null;
    }

    boolean anySucceeded() {
        return !results().isEmpty();
    }
}
