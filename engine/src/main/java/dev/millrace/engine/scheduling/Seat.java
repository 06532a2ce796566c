package dev.millrace.engine.scheduling;

/** A lane's place among those that a crew can serve. */
final class Seat {
    final Lane lane;
    final Turn turn;
    int place = Heap.ABSENT;

    Seat(Lane lane, Turn turn) {
        this.lane = lane;
        this.turn = turn;
    }

    /** The lane takes part. */
    void take() {
        turn.seats.add(this);
        if (turn.seats.size() == 1) {
            turn.line.queue(lane.flow.priority()).add(turn);
        }
        turn.line.crew.waiting++;
        turn.line.crew.slotsChanged();
    }

    /** The lane takes no part any more. */
    void leave() {
        turn.seats.remove(this);
        if (turn.seats.isEmpty()) {
            turn.line.queue(lane.flow.priority()).remove(turn);
            if (turn.line.first() == null) {
                turn.line.crew.endReservation(turn.line);
            }
        }
        turn.line.crew.waiting--;
        turn.line.crew.slotsChanged();
    }

    /** The lane has another oldest task. */
    void moved() {
        turn.seats.moved(this);
    }
}
