package dev.millrace.engine.scheduling;

import java.util.ArrayList;
import java.util.List;

/** Places of one flow in queues, in no order; each comes and goes in constant time, because there may be one for each of many keys. */
final class Roll {
    /** A place in a queue, and where it is on this roll. */
    static final class Entry {
        private final Turn turn;
        private int number = Heap.ABSENT;

        Entry(Turn turn) {
            this.turn = turn;
        }
    }

    private final List<Entry> entries = new ArrayList<>(1);

    int size() {
        return entries.size();
    }

    Turn get(int number) {
        return entries.get(number).turn;
    }

    void add(Entry entry) {
        entry.number = entries.size();
        entries.add(entry);
    }

    /** Nothing happens if it is not here. */
    void remove(Entry entry) {
        if (entry.number == Heap.ABSENT) {
            return;
        }
        var last = entries.remove(entries.size() - 1);
        if (last != entry) {
            entries.set(entry.number, last);
            last.number = entry.number;
        }
        entry.number = Heap.ABSENT;
    }

    void clear() {
        for (var entry : entries) {
            entry.number = Heap.ABSENT;
        }
        entries.clear();
    }
}
