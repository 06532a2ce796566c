package dev.millrace.engine;

/** A node of a run: how many parents it still waits for, and its tasks once it is ready. */
final class Node {
    private static final Task[] NONE = {};

    /** Parents that have not ended. */
    int waiting;
    /** One task, or one per element for a mapped step; empty while the node is pending. */
    Task[] tasks = NONE;
    /** Tasks that have not ended. */
    int open;
    /** Whether the node's tasks have been made, or it was decided that there are none. */
    boolean decided;

    boolean ended() {
        return decided && open == 0;
    }

    /** How the node as a whole ended; a mapped one succeeds if all its tasks did. */
    TaskState outcome() {
        if (tasks.length == 0) {
            return TaskState.SUCCEEDED; // a mapped step over an empty list
        }
        var worst = TaskState.SUCCEEDED;
        for (var task : tasks) {
            if (task.state == TaskState.FAILED) {
                return TaskState.FAILED;
            }
            if (task.state != TaskState.SUCCEEDED) {
                worst = task.state;
            }
        }
        return worst;
    }

    /** Whether the node ended with something to hand over. A void step and an empty list count as such. */
    boolean hasValue(boolean optional) {
        if (outcome() != TaskState.SUCCEEDED) {
            return false;
        }
        return !optional || tasks.length != 1 || tasks[0].result.isPresent();
    }

    /** The failure of the first task that failed, or null. */
    Failure failure() {
        for (var task : tasks) {
            if (task.state == TaskState.FAILED) {
                return task.failure;
            }
        }
        return null;
    }
}
