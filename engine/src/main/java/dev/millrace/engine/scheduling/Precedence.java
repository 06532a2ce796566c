package dev.millrace.engine.scheduling;

import dev.millrace.engine.Priority;

/**
 * One priority as a flow among the priorities, and the virtual clock of its own flows. Each priority has eight times the
 * weight of the one below: tasks of a higher one go first unless eight of them have gone since the lower one's last. So the
 * lower one ages and is never starved.
 */
final class Precedence {
    private static final int UNIT_BITS = 20;
    private static final int WEIGHT_BITS = 3;
    /** How far behind its clock somebody may be who could not be served for want of a worker; more is forgiven. */
    private static final long MOST_CREDIT = 64L << UNIT_BITS;

    final Priority priority;
    /** Lanes that take part. */
    int shown;
    /** Virtual time, among the priorities, at which its next task starts. */
    long start;
    /** Virtual time within this priority: the start of the flow that was served last. */
    private long clock;

    Precedence(Priority priority) {
        this.priority = priority;
    }

    boolean before(Precedence other) {
        return start != other.start ? start < other.start : priority.compareTo(other.priority) > 0;
    }

    /** A flow begins to take part: it gets no credit for the time before. */
    void join(Flow flow) {
        flow.start = Math.max(flow.start, clock);
    }

    /** A flow was served. */
    void charge(Flow flow, int slots) {
        flow.start = Math.max(flow.start, clock - MOST_CREDIT);
        clock = Math.max(clock, flow.start);
        flow.start += (long) slots << UNIT_BITS;
    }

    /** This priority was served; returns the new virtual time among the priorities. */
    long charge(long clockOfAll, int slots) {
        start = Math.max(start, clockOfAll - MOST_CREDIT);
        long served = start;
        start += cost(slots, priority);
        return Math.max(clockOfAll, served);
    }

    private static long cost(int slots, Priority priority) {
        return (long) slots << UNIT_BITS - WEIGHT_BITS * priority.ordinal();
    }

    /** What an amount costs in virtual time where all priorities wait in one queue. */
    static long share(long amount, Priority priority) {
        int highest = Priority.values().length - 1;
        return amount << WEIGHT_BITS * (highest - priority.ordinal());
    }
}
