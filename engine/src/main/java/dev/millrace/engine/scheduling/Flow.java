package dev.millrace.engine.scheduling;

import dev.millrace.engine.Priority;
import java.util.HashMap;
import java.util.Map;

/**
 * One who takes turns with its siblings, and among whom its own children take turns: a service, a priority of it, a workflow, a
 * key. What it was served is counted in virtual time: the one that starts first goes first, and each unit served moves its start by
 * the inverse of its weight.
 *
 * <p>Each priority has eight times the weight of the one below: its tasks go first unless eight of them have gone since the lower
 * one's last. So the lower one ages and is never starved.
 */
final class Flow {
    private static final int UNIT_BITS = 20;
    private static final int PRIORITY_BITS = 3;
    /** How far behind its clock somebody may be who could not be served for want of a worker; more is forgiven. */
    private static final long MOST_CREDIT = 64L << UNIT_BITS;

    static final double LEAST_WEIGHT = 0.001;
    static final double MOST_WEIGHT = 1000;

    /** Null at the top. */
    final Flow parent;

    final String id;
    /** Of two that start at once the lower goes first, then the lower id. */
    private final int rank;
    /** Its places in the queues that have one for it. */
    final Roll turns = new Roll();
    /** Those of them where it waits now: they move when it is served. */
    final Roll waiting = new Roll();

    final int depth;
    private long unit = 1L << UNIT_BITS;
    /** Lanes below it that take part. */
    private int shown;
    /** Lanes of it; of those at the bottom only. */
    private int lanes;
    /** Virtual time, among its siblings, at which its next task starts. */
    private long start;
    /** Virtual time of its children: the start of the one that was served last. */
    private long clock;

    private Map<String, Flow> children;
    /** Children without lanes that have had more than their share, until the others have caught up; null while there never were. */
    private Heap<Flow> resting;

    private int restingPlace = Heap.ABSENT;

    private Flow(Flow parent, String id, int rank) {
        this.parent = parent;
        this.id = id;
        this.rank = rank;
        this.depth = parent == null ? 0 : parent.depth + 1;
    }

    static Flow top() {
        return new Flow(null, "", 0);
    }

    Flow child(String id) {
        return child(id, 0);
    }

    Flow child(Priority priority) {
        var child = child(priority.name(), -priority.ordinal());
        child.unit = 1L << UNIT_BITS - PRIORITY_BITS * priority.ordinal();
        return child;
    }

    /** A child that takes turns as another flow does elsewhere. */
    Flow childLike(Flow other) {
        var child = child(other.id, other.rank);
        child.unit = other.unit;
        return child;
    }

    private Flow child(String id, int rank) {
        if (children == null) {
            children = new HashMap<>(4);
        }
        var child = children.get(id);
        if (child == null) {
            child = new Flow(this, id, rank);
            children.put(id, child);
        } else if (child.restingPlace != Heap.ABSENT) {
            resting.remove(child);
        }
        return child;
    }

    /** From now on it gets so many turns beside siblings of weight 1. */
    void weigh(double weight) {
        unit = Math.round((1L << UNIT_BITS) / Math.max(LEAST_WEIGHT, Math.min(MOST_WEIGHT, weight)));
    }

    boolean before(Flow sibling) {
        if (start != sibling.start) {
            return start < sibling.start;
        }
        return rank != sibling.rank ? rank < sibling.rank : id.compareTo(sibling.id) < 0;
    }

    /** Whether the one goes before the other, both of the same depth below the same top; neither when they are the same. */
    static int compare(Flow one, Flow other) {
        if (one == other) {
            return 0;
        }
        int above = compare(one.parent, other.parent);
        return above != 0 ? above : one.before(other) ? -1 : 1;
    }

    /** A lane begins to take part: who had none gets no credit for the time before. */
    void show() {
        for (var flow = this; flow.parent != null; flow = flow.parent) {
            if (flow.shown++ == 0) {
                flow.start = Math.max(flow.start, flow.parent.clock);
            }
        }
    }

    void hide() {
        for (var flow = this; flow.parent != null; flow = flow.parent) {
            flow.shown--;
        }
    }

    /** It was served, and with it all that it is part of. */
    void charge(long units) {
        for (var flow = this; flow.parent != null; flow = flow.parent) {
            flow.start = Math.max(flow.start, flow.parent.clock - MOST_CREDIT);
            flow.parent.advance(flow.start);
            flow.start += units * flow.unit;
            for (int i = 0; i < flow.waiting.size(); i++) {
                flow.waiting.get(i).moved();
            }
        }
    }

    private void advance(long to) {
        clock = Math.max(clock, to);
        while (resting != null && !resting.isEmpty() && resting.first().start <= clock) {
            var child = resting.first();
            resting.remove(child);
            forget(child);
        }
    }

    /** A lane is of it. */
    void join() {
        lanes++;
    }

    /** A lane is of it no more; without any it is forgotten once that makes no difference to whose turn it is. */
    void leave() {
        if (--lanes > 0) {
            return;
        }
        if (start <= parent.clock) {
            parent.forget(this);
        } else {
            parent.rest(this);
        }
    }

    private void rest(Flow child) {
        if (resting == null) {
            resting = new Heap<>() {
                @Override
                boolean before(Flow one, Flow other) {
                    return one.before(other);
                }

                @Override
                int place(Flow member) {
                    return member.restingPlace;
                }

                @Override
                void setPlace(Flow member, int place) {
                    member.restingPlace = place;
                }
            };
        }
        resting.add(child);
    }

    private void forget(Flow child) {
        children.remove(child.id);
        for (int i = 0; i < child.turns.size(); i++) {
            var turn = child.turns.get(i);
            turn.queue.forget(turn);
        }
        child.turns.clear();
    }
}
