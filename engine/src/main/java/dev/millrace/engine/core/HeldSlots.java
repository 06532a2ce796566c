package dev.millrace.engine.core;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.timer.Timer;

/**
 * Slots that are still taken on a worker by an attempt that the engine gave up: it timed out, or was not accepted in time. The
 * worker is told to stop it; until it says that it has, nothing else fits there. Due when waiting for that word ends.
 */
final class HeldSlots extends Timer {
    final Worker worker;
    final AttemptRef attempt;
    final int slots;
    /** Of which kind they are; empty for those that every worker has. */
    final String slotKind;
    /** Number of the call that serves it together with others; 0 when it is alone. */
    final long call;

    /** Of the live attempt of a task. */
    HeldSlots(Task task) {
        this.worker = task.worker;
        this.attempt = task.ref();
        this.slots = task.released ? 0 : task.node.slots;
        this.slotKind = task.node.slotKind;
        this.call = task.call;
    }

    @Override
    protected int kind() {
        return Kinds.HELD_SLOTS;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        var that = ((HeldSlots) other).attempt;
        int order = attempt.run().compareTo(that.run());
        if (order == 0) {
            order = Integer.compare(attempt.node(), that.node());
        }
        if (order == 0) {
            order = Integer.compare(attempt.element(), that.element());
        }
        return order != 0 ? order : Integer.compare(attempt.attempt(), that.attempt());
    }
}
