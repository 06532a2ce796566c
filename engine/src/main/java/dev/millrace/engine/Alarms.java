package dev.millrace.engine;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * All alarms of a shard: a binary heap that knows where each alarm stands, so that an alarm can be moved or taken out in
 * logarithmic time. Most alarms never fire, and dead ones left in a plain queue would keep ended runs in memory for days.
 */
final class Alarms {
    private Alarm[] heap = new Alarm[64];
    private int size;
    private long orders;

    /** Sets or moves an alarm. */
    void set(Alarm alarm, long due) {
        alarm.due = due;
        alarm.order = orders++;
        if (alarm.index < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            alarm.index = size;
            heap[size++] = alarm;
            up(alarm.index);
        } else {
            up(alarm.index);
            down(alarm.index);
        }
    }

    void clear(Alarm alarm) {
        int at = alarm.index;
        if (at < 0) {
            return;
        }
        alarm.index = -1;
        alarm.due = Alarm.NEVER;
        var last = heap[--size];
        heap[size] = null;
        if (last != alarm) {
            heap[at] = last;
            last.index = at;
            up(at);
            down(last.index);
        }
    }

    /** Takes out the first alarm that is due by now, or answers null. */
    Alarm poll(long now) {
        if (size == 0 || heap[0].due > now) {
            return null;
        }
        var first = heap[0];
        clear(first);
        return first;
    }

    Optional<Instant> next() {
        return size == 0 ? Optional.empty() : Optional.of(Micros.toInstant(heap[0].due));
    }

    private void up(int from) {
        int at = from;
        var alarm = heap[at];
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!before(alarm, heap[parent])) {
                break;
            }
            heap[at] = heap[parent];
            heap[at].index = at;
            at = parent;
        }
        heap[at] = alarm;
        alarm.index = at;
    }

    private void down(int from) {
        int at = from;
        var alarm = heap[at];
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && before(heap[child + 1], heap[child])) {
                child++;
            }
            if (!before(heap[child], alarm)) {
                break;
            }
            heap[at] = heap[child];
            heap[at].index = at;
            at = child;
        }
        heap[at] = alarm;
        alarm.index = at;
    }

    private static boolean before(Alarm a, Alarm b) {
        return a.due != b.due ? a.due < b.due : a.order < b.order;
    }
}
