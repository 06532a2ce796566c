package dev.millrace.engine.scheduling;

import dev.millrace.engine.timer.Timer;

/**
 * A worker in the eyes of the scheduler: how many slots it has left, and with whom it works. While it is reserved, slots that
 * become free are kept for the one that it is reserved for; those that were free before are anybody's. Its slots of each kind that has a
 * name are such a worker for themselves.
 */
public abstract class WorkerSlots extends Timer {
    Crew crew;
    int place = Heap.ABSENT;
    long order;
    private int total;
    private int free;
    /** By attempts, live or given up, since before it joined. */
    private int taken;
    /** How many slots it is to keep; 0 while it is not reserved. */
    private int wanted;
    /** How many of the free slots it keeps. */
    private int kept;

    /** Of which kind its slots are; empty for those that every worker has. */
    protected abstract String slotKind();

    /** Slots in all. */
    public final int total() {
        return total;
    }

    /** Slots that are not taken; negative when the worker came back with fewer than it uses. */
    public final int free() {
        return free;
    }

    /** Slots that are taken. */
    public final int taken() {
        return taken;
    }

    /** Slots that are neither taken nor kept. */
    final int open() {
        return free - kept;
    }

    /** From now on keeps slots that become free, until it has kept so many. */
    final void reserve(int slots) {
        wanted = slots;
    }

    final void endReservation() {
        wanted = 0;
        kept = 0;
    }

    /** Whether all is free that it is reserved for. */
    final boolean isReadyFor(int slots) {
        return wanted == slots && free >= slots;
    }

    /** Takes slots, or gives them back when the number is negative. */
    public final void take(int slots) {
        free -= slots;
        taken += slots;
        kept = Math.max(0, Math.min(Math.min(wanted, free), kept + Math.max(0, -slots)));
        if (crew != null) {
            crew.workers.moved(this);
            crew.slotsChanged();
            if (slots < 0) {
                crew.scheduler.crews().slotsFreed();
            }
        }
    }

    /** Before it joins: how many slots it has. */
    protected final void setSlots(int slots) {
        total = slots;
        free = slots - taken;
    }
}
