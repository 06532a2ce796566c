package dev.millrace.engine.scheduling;

import java.util.ArrayList;
import java.util.List;

/** The connected workers that serve the same shapes, and what waits for any of them. */
final class Crew {
    final Scheduler scheduler;
    final List<Shape> shapes;
    final List<Line> lines = new ArrayList<>(2);
    /** Place among the crews that have both a free slot and somebody waiting. */
    int activePlace = Heap.ABSENT;

    private boolean free;
    /** Lanes that take part and that this crew serves. */
    int waiting;

    /** The least loaded first: the one with the most slots free. */
    final Heap<WorkerSlots> workers = new Heap<>() {
        @Override
        boolean before(WorkerSlots one, WorkerSlots other) {
            return one.free() != other.free() ? one.free() > other.free() : one.order < other.order;
        }

        @Override
        int place(WorkerSlots member) {
            return member.place;
        }

        @Override
        void setPlace(WorkerSlots member, int place) {
            member.place = place;
        }
    };

    Crew(Scheduler scheduler, List<Shape> shapes) {
        this.scheduler = scheduler;
        this.shapes = shapes;
    }

    /** The most slots that one of its workers has free. */
    int mostFree() {
        return workers.isEmpty() ? 0 : Math.max(0, workers.first().free());
    }

    /** The most slots that one of its workers has in all. */
    int largest() {
        int largest = 0;
        for (int i = 0; i < workers.size(); i++) {
            largest = Math.max(largest, workers.get(i).total());
        }
        return largest;
    }

    void slotsChanged() {
        boolean isFree = mostFree() > 0;
        if (isFree != free) {
            free = isFree;
            scheduler.setFree(isFree);
        }
        scheduler.setActive(this, waiting > 0 && isFree);
    }

    Line line(int slots) {
        for (var line : lines) {
            if (line.slots == slots) {
                return line;
            }
        }
        var line = new Line(this, slots);
        lines.add(line);
        return line;
    }

    /** The flow whose turn it is among those whose tasks fit a worker; null when there is none. */
    Turn first() {
        Turn first = null;
        int most = mostFree();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            if (line.slots <= most) {
                var turn = line.first();
                if (turn != null && (first == null || Line.comesBefore(turn, first))) {
                    first = turn;
                }
            }
        }
        return first;
    }

    /** Gives a lane of one of its shapes its place here. */
    Seat seat(Lane lane) {
        var seat = new Seat(lane, line(lane.slots).turn(lane.flow));
        lane.seats.add(seat);
        return seat;
    }

    /** Its last worker left. */
    void close() {
        for (var shape : shapes) {
            shape.crews.remove(this);
            for (var lane : shape.lanes) {
                for (int i = lane.seats.size() - 1; i >= 0; i--) {
                    var seat = lane.seats.get(i);
                    if (seat.turn.line.crew == this) {
                        lane.seats.remove(i);
                        if (lane.shown) {
                            seat.leave();
                        }
                    }
                }
            }
        }
        for (var line : lines) {
            line.close();
        }
    }
}
