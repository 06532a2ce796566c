package dev.millrace.engine;

/** Something that is due at one instant at most. Its place in the {@link Alarms} makes setting and clearing cheap. */
abstract class Alarm {
    static final long NEVER = Long.MAX_VALUE;

    /** Microseconds since the epoch, or {@link #NEVER}. Changed only by {@link Alarms}. */
    long due = NEVER;

    /** Breaks ties by the order of setting, so that equal instants fire in one order only. */
    long order;

    /** Place in the heap, -1 outside. */
    int index = -1;
}
