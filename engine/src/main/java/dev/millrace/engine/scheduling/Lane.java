package dev.millrace.engine.scheduling;

import java.util.ArrayList;
import java.util.List;

/**
 * Ready tasks that are alike to every gate, oldest run first. Tasks that come in order, as first steps of new runs do, are
 * linked in O(1); those that belong further ahead (later steps of older runs, tasks given back) are kept in a heap beside.
 */
public final class Lane {
    final Kind kind;
    final Shape shape;
    /** Changes when crews come or go. */
    Room room;

    final Flow flow;
    final int slots;
    /** What of which limits a task needs, all at once. */
    final List<Use> uses = new ArrayList<>(0);
    /** One for every crew that serves it. */
    final List<Seat> seats = new ArrayList<>(2);
    /** Where it waits for a limit; else null. */
    Berth parked;
    /** Its place there while others wait in the same berth. */
    Seat seat;
    /** When it was parked. */
    long parkedMicros;
    /** Whence it was called, to take what has become free there; else null. */
    Berth called;
    /** Whether it takes part in the turns: it has tasks and is not parked. */
    boolean shown;

    private Ready first;
    private Ready last;
    private int inOrder;
    private final Heap<Ready> early = new Heap<>() {
        @Override
        boolean before(Ready one, Ready other) {
            return one.compareAge(other) < 0;
        }

        @Override
        int place(Ready member) {
            return member.place;
        }

        @Override
        void setPlace(Ready member, int place) {
            member.place = place;
        }
    };

    Lane(Kind kind) {
        this.kind = kind;
        this.slots = kind.slots();
        this.shape = kind.shape();
        this.room = shape.room(slots);
        this.flow = shape.flow(kind.priority(), kind.fairness());
        flow.join();
    }

    /** Its name in the tenant, of at most {@link Kind#LONGEST_NAME} characters: the same wherever and whenever it is made again. */
    public String name() {
        return kind.name();
    }

    /** How many tasks wait in it. */
    public int size() {
        return inOrder + early.size();
    }

    boolean isEmpty() {
        return first == null && early.isEmpty();
    }

    /** The oldest task; the lane must not be empty. */
    Ready head() {
        if (early.isEmpty()) {
            return first;
        }
        var given = early.first();
        return first == null || given.compareAge(first) < 0 ? given : first;
    }

    /** Whether it is the turn of one before the other's; both have tasks. */
    static boolean comesBefore(Lane one, Lane other) {
        int order = Flow.compare(one.flow, other.flow);
        return order != 0 ? order < 0 : one.head().compareAge(other.head()) < 0;
    }

    /** How many of its tasks are older. */
    int ahead(Ready task) {
        int ahead = 0;
        for (var other = first; other != null && other.compareAge(task) < 0; other = other.behind) {
            ahead++;
        }
        for (int i = 0; i < early.size(); i++) {
            if (early.get(i).compareAge(task) < 0) {
                ahead++;
            }
        }
        return ahead;
    }

    void add(Ready task) {
        task.lane = this;
        if (last != null && task.compareAge(last) < 0) {
            early.add(task);
            return;
        }
        task.ahead = last;
        if (last == null) {
            first = task;
        } else {
            last.behind = task;
        }
        last = task;
        inOrder++;
    }

    void remove(Ready task) {
        task.lane = null;
        if (task.place != Heap.ABSENT) {
            early.remove(task);
            return;
        }
        if (task.ahead == null) {
            first = task.behind;
        } else {
            task.ahead.behind = task.behind;
        }
        if (task.behind == null) {
            last = task.ahead;
        } else {
            task.behind.ahead = task.ahead;
        }
        task.ahead = null;
        task.behind = null;
        inOrder--;
    }
}
