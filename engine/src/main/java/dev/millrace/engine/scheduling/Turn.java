package dev.millrace.engine.scheduling;

/** A flow's place in the queue of one crew, and which of its lanes the crew would take from: the one with the oldest task. */
final class Turn {
    final Flow flow;
    final Line line;
    int place = Heap.ABSENT;
    final Heap<Seat> seats = new Heap<>() {
        @Override
        boolean before(Seat one, Seat other) {
            return one.lane.head().compareAge(other.lane.head()) < 0;
        }

        @Override
        int place(Seat member) {
            return member.place;
        }

        @Override
        void setPlace(Seat member, int place) {
            member.place = place;
        }
    };

    Turn(Flow flow, Line line) {
        this.flow = flow;
        this.line = line;
    }
}
