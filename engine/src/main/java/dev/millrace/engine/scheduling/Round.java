package dev.millrace.engine.scheduling;

import java.util.List;

/**
 * Whose turn it is of those that wait for one limit and need different workers: the first of every berth from which nobody has been
 * called, in fair order by what each took of the limit. So a limit that many sets of workers share asks only as many of them as there
 * is room for.
 */
final class Round {
    private final Flow top = Flow.top();
    /** Those that need one permit, and those that need two. */
    private final List<Queue> queues = List.of(new Queue(), new Queue());

    /** The one whose turn it is of those that need no more permits than so many; null for none. */
    Berth first(long permits) {
        var one = permits < 1 ? null : queues.get(0).first();
        var two = permits < 2 ? null : queues.get(1).first();
        var turn = two == null || one != null && isBefore(one, two) ? one : two;
        return turn == null ? null : turn.seats.first().lane.parked;
    }

    private static boolean isBefore(Turn one, Turn other) {
        int order = Flow.compare(one.flow, other.flow);
        return order != 0
                ? order < 0
                : one.seats
                                .first()
                                .lane
                                .head()
                                .compareAge(other.seats.first().lane.head())
                        < 0;
    }

    /** Who is the first of a berth may have changed, or whether somebody is called from it. */
    void moved(Berth berth) {
        var first = berth.called == null && berth.waits() ? berth.first() : null;
        var seat = berth.inRound;
        if (seat != null && seat.lane == first) {
            seat.moved();
            return;
        }
        if (seat != null) {
            berth.inRound = null;
            seat.leave();
            seat.turn.flow.hide();
            seat.turn.flow.leave();
        }
        if (first != null) {
            var flow = like(first.flow);
            flow.join();
            flow.show();
            long permits = berth.limit.use(first).amount();
            berth.inRound = new Seat(first, queues.get(permits > 1 ? 1 : 0).turn(flow));
            berth.inRound.take();
        }
    }

    /** A lane was given some of the limit. */
    void charge(Lane lane, long amount) {
        var flow = like(lane.flow);
        flow.join();
        flow.charge(amount);
        flow.leave();
    }

    private Flow like(Flow flow) {
        return flow.parent == null ? top : like(flow.parent).childLike(flow);
    }
}
