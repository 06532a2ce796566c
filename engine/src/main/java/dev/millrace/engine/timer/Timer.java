package dev.millrace.engine.timer;

/** Something that is due at one instant at a time; what it is about extends it, so that setting it allocates nothing. */
public abstract class Timer {
    static final int UNSET = -1;
    /** Came due and waits in line to be handed over. */
    static final int DUE = -2;

    long dueMicros;
    int place = UNSET;
    /** Where it was set last. */
    Timers wheel;

    Timer previous;
    Timer next;

    /** Whether it is set and has not come due. */
    public final boolean isSet() {
        return place >= 0;
    }

    /** When it is due, or was when it last came due, in microseconds since the epoch. */
    public final long dueMicros() {
        return dueMicros;
    }

    /** Timers of a lower kind come first among those that are due at the same microsecond; one kind per class. */
    protected abstract int kind();

    /** Who is first of two of the same kind that are due at the same microsecond: a negative number for this one. */
    protected abstract int compareAtSameInstant(Timer other);
}
