package dev.millrace.engine.scheduling;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The connected workers that serve the same shapes, and what waits for any of them. */
final class Crew {
    final Scheduler scheduler;
    final List<Shape> shapes;
    /** Of which kind their slots are; empty for those that every worker has. */
    final String slotKind;
    /** What of their labels matters. */
    final Map<String, String> labels;
    /** In the order in which crews were formed. */
    final long number;

    final List<Line> lines = new ArrayList<>(2);
    /** Place among the crews that have both a free slot and somebody waiting. */
    int activePlace = Heap.ABSENT;

    private boolean free;
    private int largest;
    /** Whose tasks fit one of the workers once enough of its slots are free, and whose turn it is; null when there is none. */
    private Line reserving;
    /** The worker that keeps slots for it. */
    private WorkerSlots reserved;

    /** Lanes that take part and that this crew serves. */
    int waiting;

    /** The least loaded first: the one with the most slots free. */
    final Heap<WorkerSlots> workers = new Heap<>() {
        @Override
        boolean before(WorkerSlots one, WorkerSlots other) {
            return one.open() != other.open() ? one.open() > other.open() : one.order < other.order;
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

    Crew(Scheduler scheduler, List<Shape> shapes, String slotKind, Map<String, String> labels, long number) {
        this.slotKind = slotKind;
        this.labels = labels;
        this.scheduler = scheduler;
        this.number = number;
        this.shapes = shapes;
    }

    void join(WorkerSlots worker) {
        workers.add(worker);
        largest = Math.max(largest, worker.total());
        slotsChanged();
    }

    void leave(WorkerSlots worker) {
        if (worker == reserved) {
            endReservation();
        }
        workers.remove(worker);
        largest = 0;
        for (int i = 0; i < workers.size(); i++) {
            largest = Math.max(largest, workers.get(i).total());
        }
        slotsChanged();
    }

    /** The most slots that one of its workers has free for anybody. */
    int mostFree() {
        return workers.isEmpty() ? 0 : Math.max(0, workers.first().open());
    }

    /** The most slots that one of its workers has in all. */
    int largest() {
        return largest;
    }

    /** Slots of all its workers. */
    long total() {
        long total = 0;
        for (int i = 0; i < workers.size(); i++) {
            total += workers.get(i).total();
        }
        return total;
    }

    /** Slots of all its workers that are not taken. */
    long free() {
        long free = 0;
        for (int i = 0; i < workers.size(); i++) {
            free += Math.max(0, workers.get(i).free());
        }
        return free;
    }

    /** The worker with the most free slots, if it has as many free, or the one that kept them; else null. */
    WorkerSlots workerFor(int slots) {
        if (mostFree() >= slots) {
            return workers.first();
        }
        return reserved != null && reserved.isReadyFor(slots) ? reserved : null;
    }

    /**
     * Keeps slots for a line whose turn it is and whose tasks fit none of the workers as they are now: narrower tasks would take
     * every slot that becomes free, for ever. One line at a time, on one worker, so that the others go on.
     */
    private void reserve(Line line) {
        for (int i = 0; i < workers.size(); i++) {
            var worker = workers.get(i);
            if (worker.total() >= line.slots && (reserved == null || isBetter(worker, reserved))) {
                reserved = worker;
            }
        }
        reserving = line;
        reserved.reserve(line.slots);
    }

    private static boolean isBetter(WorkerSlots one, WorkerSlots other) {
        return one.free() != other.free() ? one.free() > other.free() : one.order < other.order;
    }

    /** A task of the line was offered, or none of it waits any more: what was kept for it is anybody's. */
    void endReservation(Line line) {
        if (reserving == line) {
            endReservation();
            slotsChanged();
            scheduler.crews().slotsFreed();
        }
    }

    private void endReservation() {
        var worker = reserved;
        reserving = null;
        reserved = null;
        worker.endReservation();
        workers.moved(worker);
    }

    void slotsChanged() {
        boolean isFree = mostFree() > 0 || reserved != null && reserved.isReadyFor(reserving.slots);
        if (isFree != free) {
            free = isFree;
            scheduler.crews().setFree(isFree);
        }
        scheduler.crews().setActive(this, waiting > 0 && isFree);
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
        Turn firstToReserve = null;
        Line toReserve = null;
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            var turn = line.first();
            if (turn == null) {
                continue;
            }
            if (workerFor(line.slots) != null) {
                first = first == null || Queue.comesBefore(turn, first) ? turn : first;
            } else if (reserving == null
                    && line.slots <= largest
                    && (firstToReserve == null || Queue.comesBefore(turn, firstToReserve))) {
                firstToReserve = turn;
                toReserve = line;
            }
        }
        if (firstToReserve != null && (first == null || Queue.comesBefore(firstToReserve, first))) {
            reserve(toReserve);
        }
        return first;
    }

    /** Gives a lane of one of its shapes its place here, if its workers are as the lane's tasks require. */
    void seat(Lane lane) {
        if (lane.kind.isMetBy(this)) {
            var seat = new Seat(lane, line(lane.slots).turn(lane.flow));
            lane.seats.add(seat);
            if (lane.shown) {
                seat.take();
            }
        }
    }

    /** Its last worker left. */
    void close() {
        for (var shape : shapes) {
            shape.crews.remove(this);
            for (var lane : shape.lanes) {
                for (int i = lane.seats.size() - 1; i >= 0; i--) {
                    var seat = lane.seats.get(i);
                    if (seat.turn.queue instanceof Line line && line.crew == this) {
                        lane.seats.remove(i);
                        if (lane.shown) {
                            seat.leave();
                        }
                    }
                }
            }
        }
        for (var shape : shapes) {
            shape.crewsChanged();
        }
        for (var line : lines) {
            line.close();
        }
    }
}
