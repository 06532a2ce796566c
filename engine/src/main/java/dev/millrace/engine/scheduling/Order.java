package dev.millrace.engine.scheduling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Tasks, oldest run first. Tasks that come in order, as first steps of new runs do, are linked in O(1); those that belong further
 * ahead (later steps of older runs, tasks given back) are kept in a heap beside.
 */
final class Order {
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

    int size() {
        return inOrder + early.size();
    }

    boolean isEmpty() {
        return first == null && early.isEmpty();
    }

    /** The oldest task; there must be one. */
    Ready head() {
        if (early.isEmpty()) {
            return first;
        }
        var given = early.first();
        return first == null || given.compareAge(first) < 0 ? given : first;
    }

    /** How many are older than a task. */
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

    /** Since when the one has queued that has queued longest. */
    long oldestMicros() {
        long oldest = Long.MAX_VALUE;
        for (var task = first; task != null; task = task.behind) {
            oldest = Math.min(oldest, task.sinceMicros());
        }
        for (int i = 0; i < early.size(); i++) {
            oldest = Math.min(oldest, early.get(i).sinceMicros());
        }
        return oldest;
    }

    /** Whether no task is younger than this one, which is in here. */
    boolean isYoungest(Ready task) {
        return task == last;
    }

    void add(Ready task) {
        task.order = this;
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
        task.order = null;
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

    /** All tasks, oldest first. */
    List<Ready> sorted() {
        var tasks = new ArrayList<Ready>(size());
        for (var task = first; task != null; task = task.behind) {
            tasks.add(task);
        }
        for (int i = 0; i < early.size(); i++) {
            tasks.add(early.get(i));
        }
        tasks.sort(Comparator.comparing(task -> task, Ready::compareAge));
        return tasks;
    }
}
