package dev.millrace.engine.scheduling;

import java.util.LinkedHashMap;
import java.util.Map;

/** Flows that wait for the same, each in its turn; as deep as the flows are. */
class Queue {
    private final Map<Flow, Turn> turns = new LinkedHashMap<>();
    private Turn top;

    /** The place of a flow in this queue. */
    final Turn turn(Flow flow) {
        var turn = turns.get(flow);
        if (turn == null) {
            turn = new Turn(flow, this, flow.parent == null ? null : turn(flow.parent));
            turns.put(flow, turn);
            flow.turns.add(turn.entry);
            if (flow.parent == null) {
                top = turn;
            }
        }
        return turn;
    }

    final void forget(Turn turn) {
        turns.remove(turn.flow);
    }

    /** The one at the bottom whose turn it is; null when nobody waits. */
    final Turn first() {
        var turn = top;
        while (turn != null && turn.seats.isEmpty()) {
            turn = turn.below.isEmpty() ? null : turn.below.first();
        }
        return turn;
    }

    /** The lane whose turn it is; null when nobody waits. */
    final Lane firstLane() {
        var turn = first();
        return turn == null ? null : turn.seats.first().lane;
    }

    /** A lane began to wait here, or waits here no more. */
    void changed(int more) {}

    /** Nobody will ever wait here again. */
    final void close() {
        for (var turn : turns.values()) {
            turn.flow.turns.remove(turn.entry);
        }
    }

    /** Whether it is the turn of one before the other's, which may be of another queue of the same flows. */
    static boolean comesBefore(Turn one, Turn other) {
        return Lane.comesBefore(one.seats.first().lane, other.seats.first().lane);
    }
}
