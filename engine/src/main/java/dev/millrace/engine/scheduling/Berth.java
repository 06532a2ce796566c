package dev.millrace.engine.scheduling;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Lanes that lack the same and need the same workers, in fair order: whenever one of them could be served any could, so it is
 * enough to call the first.
 */
final class Berth {
    final Limit limit;
    final Room room;
    /** Who was called and has not taken its turn yet; null when nobody was. */
    Lane called;
    /** How many permits are expected to go to whoever was called; see {@link Permits#call}. */
    long promised;
    /** The place of its first lane beside those of other berths; null where there are few, or while somebody is called. */
    Seat inRound;

    private final Set<Lane> lanes = new LinkedHashSet<>(2);
    /** Flows as the scheduler has them, but with clocks that count what was taken of this limit; null until two lanes wait. */
    private Flow top;

    private Queue queue;

    Berth(Limit limit, Room room) {
        this.limit = limit;
        this.room = room;
    }

    void park(Lane lane) {
        lanes.add(lane);
        lane.parked = this;
        if (queue != null) {
            seat(lane);
        } else if (lanes.size() > 1) {
            top = Flow.top();
            queue = new Queue();
            lanes.forEach(this::seat);
        }
        limit.moved(this);
    }

    /** Whether lanes wait here. */
    boolean waits() {
        return !lanes.isEmpty();
    }

    private void seat(Lane lane) {
        var flow = flow(lane);
        flow.join();
        flow.show();
        lane.seat = new Seat(lane, queue.turn(flow));
        lane.seat.take();
    }

    private Flow flow(Lane lane) {
        return like(lane.flow);
    }

    private Flow like(Flow flow) {
        return flow.parent == null ? top : like(flow.parent).childLike(flow);
    }

    /** How many tasks wait here. */
    long waiting() {
        long waiting = 0;
        for (var lane : lanes) {
            waiting += lane.waiting();
        }
        return waiting;
    }

    /** The lanes that wait here. */
    Collection<Lane> lanes() {
        return Collections.unmodifiableSet(lanes);
    }

    /** The one whose turn it is. */
    Lane first() {
        return queue == null ? lanes.iterator().next() : queue.firstLane();
    }

    /** The lane takes part in the turns of all, to take what has become free. */
    void call(Lane lane) {
        remove(lane);
        called = lane;
        limit.moved(this);
        lane.called = this;
        lane.servedWhenCalled = limit.served;
        limit.scheduler.show(lane);
    }

    /** All lanes take part in the turns of all. */
    void callAll() {
        for (var lane : List.copyOf(lanes)) {
            remove(lane);
            limit.scheduler.show(lane);
        }
    }

    /** A lane waits here no more. */
    void remove(Lane lane) {
        lanes.remove(lane);
        lane.parked = null;
        if (lane.seat != null) {
            var flow = lane.seat.turn.flow;
            lane.seat.leave();
            lane.seat = null;
            flow.hide();
            flow.leave();
        }
        limit.moved(this);
        if (lanes.isEmpty()) {
            top = null;
            queue = null;
            closeIfUnused();
        }
    }

    /** Who was called has had its turn, or will not take it. */
    void answered() {
        var lane = called;
        lane.called = null;
        called = null;
        limit.answered(this);
        limit.left(lane);
        limit.moved(this);
        closeIfUnused();
        limit.due();
    }

    private void closeIfUnused() {
        if (lanes.isEmpty() && called == null) {
            limit.closed(this);
        }
    }

    void charge(Lane lane, long amount) {
        if (queue != null) {
            var flow = flow(lane);
            flow.join();
            flow.charge(amount);
            flow.leave();
            limit.moved(this);
        }
    }

    /** The oldest task of a lane that waits here is another one. */
    void headMoved(Lane lane) {
        if (lane.seat != null) {
            lane.seat.moved();
        }
        limit.moved(this);
    }

    /** How many tasks of other lanes go in so many rounds. */
    long ahead(Lane lane, long rounds) {
        long ahead = 0;
        for (var other : lanes) {
            if (other != lane) {
                ahead += Math.min(rounds, other.size());
            }
        }
        return ahead;
    }
}
