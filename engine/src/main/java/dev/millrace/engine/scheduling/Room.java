package dev.millrace.engine.scheduling;

import java.util.List;

/**
 * What tasks need of workers: so many slots on a worker of one of these crews. Tasks that need the same can be served at the same
 * times, whatever workflows they are of. Compared by identity; the scheduler makes only one of each.
 */
final class Room {
    final List<Crew> crews;
    final int slots;
    final String slotKind;

    Room(List<Crew> crews, int slots, String slotKind) {
        this.slotKind = slotKind;
        this.crews = crews;
        this.slots = slots;
    }

    /** Whether a task fits one of the workers now. */
    boolean isFree() {
        for (int i = 0; i < crews.size(); i++) {
            if (crews.get(i).workerFor(slots) != null) {
                return true;
            }
        }
        return false;
    }

    /** The worker that suits best among those that a task fits now, and the least loaded of those; null when it fits none. */
    WorkerSlots worker(Kind kind) {
        WorkerSlots best = null;
        long bestScore = 0;
        for (int i = 0; i < crews.size(); i++) {
            var worker = crews.get(i).workerFor(slots);
            if (worker != null) {
                long score = kind.score(crews.get(i).labels);
                if (best == null || score > bestScore || score == bestScore && isLessLoaded(worker, best)) {
                    best = worker;
                    bestScore = score;
                }
            }
        }
        return best;
    }

    private static boolean isLessLoaded(WorkerSlots one, WorkerSlots other) {
        return one.open() != other.open() ? one.open() > other.open() : one.order < other.order;
    }

    /** Whether a task fits this very worker now. */
    boolean isFree(WorkerSlots worker) {
        return worker.crew != null && crews.contains(worker.crew) && worker.open() >= slots;
    }

    /** The most slots that one of the workers has in all. */
    int largest() {
        int largest = 0;
        for (var crew : crews) {
            largest = Math.max(largest, crew.largest());
        }
        return largest;
    }
}
