package dev.millrace.engine.scheduling;

import dev.millrace.engine.timer.Timer;

/** A worker in the eyes of the scheduler: how many slots it has left, and with whom it works. */
public abstract class WorkerSlots extends Timer {
    Crew crew;
    int place = Heap.ABSENT;
    long order;
    private int total;
    private int free;

    /** Slots in all. */
    public final int total() {
        return total;
    }

    /** Slots that are not taken; negative when the worker came back with fewer than it uses. */
    public final int free() {
        return free;
    }

    /** Takes slots, or gives them back when the number is negative. */
    public final void take(int slots) {
        free -= slots;
        if (crew != null) {
            crew.workers.moved(this);
            crew.slotsChanged();
            if (slots < 0) {
                crew.scheduler.slotsFreed();
            }
        }
    }

    /** Before it joins: how many slots it has, and how many of them are taken. */
    protected final void setSlots(int slots, int taken) {
        total = slots;
        free = slots - taken;
    }
}
