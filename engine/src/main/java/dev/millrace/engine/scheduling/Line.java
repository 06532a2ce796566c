package dev.millrace.engine.scheduling;

import dev.millrace.engine.Priority;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a crew could do that takes the same number of slots: one queue of flows per priority. */
final class Line {
    final Crew crew;
    final int slots;
    private final Map<Flow, Turn> turns = new LinkedHashMap<>();
    private final List<Heap<Turn>> byPriority = new ArrayList<>();

    Line(Crew crew, int slots) {
        this.crew = crew;
        this.slots = slots;
        for (int i = 0; i < Priority.values().length; i++) {
            byPriority.add(new Heap<>() {
                @Override
                boolean before(Turn one, Turn other) {
                    return one.flow.before(other.flow);
                }

                @Override
                int place(Turn member) {
                    return member.place;
                }

                @Override
                void setPlace(Turn member, int place) {
                    member.place = place;
                }
            });
        }
    }

    /** The flows of a priority that wait here, best first. */
    Heap<Turn> queue(Priority priority) {
        return byPriority.get(priority.ordinal());
    }

    /** The one whose turn it is; null when nobody waits. */
    Turn first() {
        Turn first = null;
        for (int i = 0; i < byPriority.size(); i++) {
            var queue = byPriority.get(i);
            if (!queue.isEmpty() && (first == null || comesBefore(queue.first(), first))) {
                first = queue.first();
            }
        }
        return first;
    }

    /** Whether it is the turn of one before the other's, which may be of another line. */
    static boolean comesBefore(Turn one, Turn other) {
        if (one.flow.precedence != other.flow.precedence) {
            return one.flow.precedence.before(other.flow.precedence);
        }
        if (one.flow != other.flow) {
            return one.flow.before(other.flow);
        }
        return one.seats.first().lane.head().compareAge(other.seats.first().lane.head()) < 0;
    }

    Turn turn(Flow flow) {
        var turn = turns.get(flow);
        if (turn == null) {
            turn = new Turn(flow, this);
            turns.put(flow, turn);
            flow.turns.add(turn);
        }
        return turn;
    }

    void close() {
        for (var turn : turns.values()) {
            turn.flow.turns.remove(turn);
        }
    }
}
