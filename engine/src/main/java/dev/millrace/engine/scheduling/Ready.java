package dev.millrace.engine.scheduling;

import dev.millrace.engine.Age;
import dev.millrace.engine.timer.Timer;

/** A task in the eyes of the scheduler. The task itself extends it, so that queuing allocates nothing. */
public abstract class Ready extends Timer {
    Lane lane;
    /** What keeps it in order: the tasks of its lane that may go, or those that are to wait for older ones; null outside. */
    Order order;

    Ready ahead;
    Ready behind;
    int place = Heap.ABSENT;

    /** Whether it waits for its turn. */
    public final boolean isInLane() {
        return lane != null;
    }

    /** Whether it waits in an entry, so for permits of its run too. */
    public final boolean isInEntry() {
        return lane != null && lane.kind.entry();
    }

    /** Whether it waits for older tasks of its lane that are not in memory, or not to be looked at yet. */
    public final boolean isBeyond() {
        return lane != null && order == lane.window.beyond;
    }

    /** Where it waits for its turn; it must. */
    public final Lane lane() {
        return lane;
    }

    /** The age of its run. */
    protected abstract Age age();

    /** Who is older, its run or another: a negative number for its own, 0 when they are the same. */
    protected abstract int compareAge(Age other);

    /** Who is older: a negative number for this one. Never 0 for two tasks. */
    protected abstract int compareAge(Ready other);

    /** The worker where its run was last, if that matters to it; else null. */
    protected abstract WorkerSlots lastWorker();

    /** Since when it has waited for its turn. */
    protected abstract long sinceMicros();

    /** How many tokens it takes of the rate limit with this number among those of its step; at least 1. */
    protected abstract long cost(int take);
}
