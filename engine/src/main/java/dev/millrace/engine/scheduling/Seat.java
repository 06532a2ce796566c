package dev.millrace.engine.scheduling;

/** A lane's place in a queue. */
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
        turn.add(this);
        turn.queue.changed(1);
    }

    /** The lane takes no part any more. */
    void leave() {
        turn.remove(this);
        turn.queue.changed(-1);
    }

    /** The lane has another oldest task. */
    void moved() {
        turn.seats.moved(this);
    }
}
