package dev.millrace.engine.simulation;

import java.util.PriorityQueue;

/**
 * What happens, in the order of true time, which is also the database's. Events of a process that has crashed since they were made
 * vanish; those of a paused process wait until it goes on. Times are in microseconds from the beginning.
 */
final class Timeline {
    static final long MILLI = 1_000;
    static final long SECOND = 1_000_000;

    private record Event(long at, long number, Actor actor, int life, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long made;
    private long done;
    private long trace = 0xCBF29CE484222325L;

    long now() {
        return now;
    }

    /** How many events have happened. */
    long done() {
        return done;
    }

    /** A number that is the same for the same history only. */
    long trace() {
        return trace;
    }

    /** Makes something part of the trace (FNV-1a). */
    void note(Object what) {
        trace = (trace ^ what.toString().hashCode()) * 0x100000001B3L;
    }

    /** Something that happens to a process in a while, unless it crashes before. */
    void in(long delay, Actor actor, Runnable action) {
        add(now + Math.max(0, delay), actor, action);
    }

    /** Something that happens to a process at an instant. */
    void at(long instant, Actor actor, Runnable action) {
        add(Math.max(now, instant), actor, action);
    }

    private void add(long at, Actor actor, Runnable action) {
        events.add(new Event(at, ++made, actor, actor.life(), action));
    }

    /** Lets the next thing happen that is due by then; false when there is none. */
    boolean step(long until) {
        var event = events.peek();
        if (event == null || event.at > until) {
            now = Math.max(now, until);
            return false;
        }
        events.remove();
        now = event.at;
        if (event.life != event.actor.life()) {
            return true;
        }
        if (event.actor.pausedUntil() > now) {
            events.add(new Event(event.actor.pausedUntil(), event.number, event.actor, event.life, event.action));
            return true;
        }
        done++;
        trace = (trace ^ now) * 0x100000001B3L;
        event.action.run();
        return true;
    }
}
