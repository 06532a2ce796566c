package dev.millrace.engine.scheduling;

import dev.millrace.engine.timer.Timer;

/** A task in the eyes of the scheduler. The task itself extends it, so that queuing allocates nothing. */
public abstract class Ready extends Timer {
    Lane lane;
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

    /** Who is older: a negative number for this one. Never 0 for two tasks. */
    protected abstract int compareAge(Ready other);

    /** How many tokens it takes of the rate limit with this number among those of its step; at least 1. */
    protected abstract long cost(int take);
}
