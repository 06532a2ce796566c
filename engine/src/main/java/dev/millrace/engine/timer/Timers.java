package dev.millrace.engine.timer;

import java.util.ArrayList;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A hierarchical timing wheel (Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987) with ticks of one
 * millisecond: level {@code n} has 64 places of 64^n ticks. A timer lies at the level of the highest six-bit digit in which
 * its tick differs from the wheel's, so that a lower level is always due before a higher one and no level wraps. Setting and
 * cancelling are O(1); on its way to its tick a timer moves down at most once per level.
 *
 * <p>A timer comes due with the first tick that is not before its instant: exactly on time for whole milliseconds, else less
 * than a millisecond late, never early.
 */
public final class Timers {
    private static final int BITS = 6;
    private static final int PLACES = 1 << BITS;
    private static final int LEVELS = 8;
    private static final int MOST_ASKED = 32;
    private static final long LAST_TICK = (1L << BITS * LEVELS) - 1;

    private final Timer[] first = new Timer[LEVELS * PLACES];
    private final Timer[] last = new Timer[LEVELS * PLACES];
    /** One bit per place that holds a timer, by level. */
    private final long[] taken = new long[LEVELS];

    private final ArrayList<Timer> due = new ArrayList<>();
    private long tick;
    private int count;

    /** Whether nothing is set. */
    public boolean isEmpty() {
        return count == 0;
    }

    /** Sets a timer, or sets it anew, here instead of where it was. One that is due already comes due with the next {@link #advance}. */
    public void set(Timer timer, long dueMicros) {
        cancel(timer);
        timer.dueMicros = dueMicros;
        timer.wheel = this;
        count++;
        put(timer, Math.max(tick, dueTick(timer)));
    }

    /** Takes a timer back, wherever it is set; nothing happens if it is not. */
    public void cancel(Timer timer) {
        if (timer.place >= 0) {
            timer.wheel.remove(timer);
        }
        timer.place = Timer.UNSET;
    }

    private void remove(Timer timer) {
        int place = timer.place;
        count--;
        if (timer.previous == null) {
            first[place] = timer.next;
        } else {
            timer.previous.next = timer.next;
        }
        if (timer.next == null) {
            last[place] = timer.previous;
        } else {
            timer.next.previous = timer.previous;
        }
        if (first[place] == null) {
            taken[place >> BITS] &= ~(1L << place);
        }
        timer.previous = null;
        timer.next = null;
    }

    /**
     * Moves on and hands over what came due, in the order of the due instants. What is handed over is no longer set. The
     * receiver may set and cancel any timer: one cancelled in time is not handed over, one set into the past waits for the next
     * call.
     */
    public void advance(long nowMicros, Consumer<Timer> receiver) {
        long now = Math.floorDiv(nowMicros, 1000);
        for (int level = lowest(); level < LEVELS && start(level) <= now; level = lowest()) {
            tick = Math.max(tick, start(level));
            empty(level);
        }
        tick = Math.max(tick, now);
        if (due.size() > 1) {
            due.sort(Timers::compare);
        }
        for (int i = 0; i < due.size(); i++) {
            var timer = due.get(i);
            if (timer.place == Timer.DUE) {
                timer.place = Timer.UNSET;
                receiver.accept(timer);
            }
        }
        due.clear();
    }

    private static int compare(Timer one, Timer other) {
        int order = Long.compare(one.dueMicros, other.dueMicros);
        if (order == 0) {
            order = Integer.compare(one.kind(), other.kind());
        }
        return order != 0 ? order : one.compareAtSameInstant(other);
    }

    /**
     * When to call {@link #advance} next, in microseconds since the epoch: when the first timer comes due, or earlier where many
     * lie close together far ahead, because finding the first of them would cost more than looking again.
     */
    public OptionalLong next() {
        int level = lowest();
        if (level == LEVELS) {
            return OptionalLong.empty();
        }
        long soonest = Long.MAX_VALUE;
        int count = 0;
        var timer = first[level << BITS | Long.numberOfTrailingZeros(taken[level])];
        for (; timer != null && count < MOST_ASKED; timer = timer.next) {
            soonest = Math.min(soonest, dueTick(timer));
            count++;
        }
        return OptionalLong.of((timer == null ? Math.max(soonest, tick) : start(level)) * 1000);
    }

    private static long dueTick(Timer timer) {
        return Math.min(LAST_TICK, Math.floorDiv(timer.dueMicros + 999, 1000));
    }

    private void put(Timer timer, long dueTick) {
        int level = (63 - Long.numberOfLeadingZeros((dueTick ^ tick) | 1)) / BITS;
        int place = level << BITS | (int) (dueTick >> BITS * level) & PLACES - 1;
        timer.place = place;
        timer.previous = last[place];
        if (timer.previous == null) {
            first[place] = timer;
            taken[level] |= 1L << place;
        } else {
            timer.previous.next = timer;
        }
        last[place] = timer;
    }

    /** Takes the timers of the first taken place of a level, whose time has come, to where they belong now. */
    private void empty(int level) {
        int place = level << BITS | Long.numberOfTrailingZeros(taken[level]);
        Timer timer = first[place];
        first[place] = null;
        last[place] = null;
        taken[level] &= taken[level] - 1;
        while (timer != null) {
            Timer next = timer.next;
            timer.previous = null;
            timer.next = null;
            long dueTick = dueTick(timer);
            if (dueTick <= tick) {
                timer.place = Timer.DUE;
                count--;
                due.add(timer);
            } else {
                put(timer, dueTick);
            }
            timer = next;
        }
    }

    private int lowest() {
        for (int level = 0; level < LEVELS; level++) {
            if (taken[level] != 0) {
                return level;
            }
        }
        return LEVELS;
    }

    /** The tick at which the first taken place of a level begins. */
    private long start(int level) {
        int place = Long.numberOfTrailingZeros(taken[level]);
        long digits = BITS * (level + 1);
        return (tick >> digits << digits) | (long) place << BITS * level;
    }
}
