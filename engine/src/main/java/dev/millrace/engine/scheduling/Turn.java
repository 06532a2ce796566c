package dev.millrace.engine.scheduling;

/** A flow's place in a queue: beside its siblings, and with what waits below it. */
final class Turn {
    final Flow flow;
    final Queue queue;
    /** Null at the top. */
    private final Turn above;

    private int place = Heap.ABSENT;
    /** On the roll of all places of its flow. */
    final Roll.Entry entry = new Roll.Entry(this);
    /** On the roll of those where its flow waits. */
    private final Roll.Entry waiting = new Roll.Entry(this);
    /** The flow's children that wait; unused at the bottom. */
    final Heap<Turn> below = new Heap<>() {
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
    };
    /** The flow's lanes that wait, oldest task first; unused but at the bottom. */
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

    Turn(Flow flow, Queue queue, Turn above) {
        this.flow = flow;
        this.queue = queue;
        this.above = above;
    }

    void add(Seat seat) {
        boolean waited = !seats.isEmpty();
        seats.add(seat);
        if (!waited) {
            var turn = this;
            for (; turn.above != null && turn.place == Heap.ABSENT; turn = turn.above) {
                turn.above.below.add(turn);
                turn.flow.waiting.add(turn.waiting);
            }
        }
    }

    void remove(Seat seat) {
        seats.remove(seat);
        var turn = this;
        for (; turn.above != null && turn.seats.isEmpty() && turn.below.isEmpty(); turn = turn.above) {
            turn.above.below.remove(turn);
            turn.flow.waiting.remove(turn.waiting);
        }
    }

    /** Its flow starts at another time. */
    void moved() {
        if (place != Heap.ABSENT) {
            above.below.moved(this);
        }
    }
}
