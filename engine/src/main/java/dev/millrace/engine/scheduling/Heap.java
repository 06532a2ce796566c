package dev.millrace.engine.scheduling;

import java.util.Arrays;

/** A binary heap whose members know their place, so that any of them can be moved or removed in O(log n). */
abstract class Heap<T> {
    static final int ABSENT = -1;

    private Object[] members = new Object[4];
    private int size;

    /** Whether one comes before the other; a strict total order. */
    abstract boolean before(T one, T other);

    /** Where a member is; {@link #ABSENT} when it is not in this heap. */
    abstract int place(T member);

    abstract void setPlace(T member, int place);

    final boolean isEmpty() {
        return size == 0;
    }

    final int size() {
        return size;
    }

    /** The first member; the heap must not be empty. */
    final T first() {
        return at(0);
    }

    /** The members by place, in no order that matters. */
    final T get(int place) {
        return at(place);
    }

    final void add(T member) {
        if (size == members.length) {
            members = Arrays.copyOf(members, size * 2);
        }
        size++;
        up(member, size - 1);
    }

    final void remove(T member) {
        int place = place(member);
        setPlace(member, ABSENT);
        size--;
        T moved = at(size);
        members[size] = null;
        if (moved != member) {
            settle(moved, place);
        }
    }

    /** Puts a member where it belongs after its order changed. */
    final void moved(T member) {
        settle(member, place(member));
    }

    private void settle(T member, int place) {
        if (place > 0 && before(member, at((place - 1) / 2))) {
            up(member, place);
        } else {
            down(member, place);
        }
    }

    private void up(T member, int from) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) / 2;
            T above = at(parent);
            if (!before(member, above)) {
                break;
            }
            put(above, place);
            place = parent;
        }
        put(member, place);
    }

    private void down(T member, int from) {
        int place = from;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && before(at(child + 1), at(child))) {
                child++;
            }
            T below = at(child);
            if (!before(below, member)) {
                break;
            }
            put(below, place);
            place = child;
        }
        put(member, place);
    }

    private void put(T member, int place) {
        members[place] = member;
        setPlace(member, place);
    }

    @SuppressWarnings("unchecked") // only members are put in
    private T at(int place) {
        return (T) members[place];
    }
}
