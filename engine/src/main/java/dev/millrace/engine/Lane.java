package dev.millrace.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The ready tasks of one node of a flow, by priority class and age. They all wait for the same things, so they are parked
 * and woken together and never stand in front of others.
 */
final class Lane {
    static final int CLASSES = Priority.values().length;

    final Flow flow;
    final int node;
    final int slots;
    /** Place in line of the first task of each class, as the flow's order knows it. */
    final long[] head = new long[CLASSES];
    /** Waits for tokens or for a worker with more room; then the flow's order does not know it. */
    boolean parked;

    @SuppressWarnings({"unchecked", "rawtypes"})
    private final Deque<Task>[] tasks = new Deque[CLASSES];

    Lane(Flow flow, int node, int slots) {
        this.flow = flow;
        this.node = node;
        this.slots = slots;
    }

    void add(Task task, int priority, boolean front) {
        if (tasks[priority] == null) {
            tasks[priority] = new ArrayDeque<>(4);
        }
        if (front) {
            tasks[priority].addFirst(task);
        } else {
            tasks[priority].addLast(task);
        }
    }

    /** The first task of a class that still waits, or null. Those that were cancelled meanwhile are dropped on the way. */
    Task peek(int priority) {
        var queue = tasks[priority];
        if (queue == null) {
            return null;
        }
        while (true) {
            var first = queue.peekFirst();
            if (first == null || first.state == TaskState.QUEUED) {
                return first;
            }
            queue.removeFirst();
        }
    }

    void removeFirst(int priority) {
        tasks[priority].removeFirst();
    }
}
