package dev.millrace.engine.scheduling;

import java.util.ArrayList;
import java.util.List;

/**
 * Ready tasks that are alike to every gate, oldest run first. Tasks that come in order, as first steps of new runs do, are
 * linked in O(1); those that belong further ahead (later steps of older runs, tasks given back) are kept in a heap beside.
 */
public final class Lane {
    final Shape shape;
    final Flow flow;
    final int slots;
    final List<Wait> limits = new ArrayList<>(0);
    final List<Seat> seats = new ArrayList<>(2);
    private final Kind kind;
    /** The limit that it waits for, parked; else null. */
    Wait parkedUnder;
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

    Lane(Kind kind, Flow flow) {
        this.kind = kind;
        this.shape = kind.shape();
        this.flow = flow;
        this.slots = kind.slots();
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
