package dev.millrace.engine.scheduling;

import java.util.List;

/**
 * What tasks need of workers: so many slots on a worker of one of these crews. Tasks that need the same can be served at the same
 * times, whatever workflows they are of. Compared by identity; the scheduler makes only one of each.
 */
final class Room {
    final List<Crew> crews;
    final int slots;

    Room(List<Crew> crews, int slots) {
        this.crews = crews;
        this.slots = slots;
    }

    /** The worker with the most free slots among those that a task fits; null when it fits none. */
    WorkerSlots worker() {
        WorkerSlots best = null;
        for (int i = 0; i < crews.size(); i++) {
            var worker = crews.get(i).workerFor(slots);
            if (worker != null
                    && (best == null
                            || worker.open() > best.open()
                            || worker.open() == best.open() && worker.order < best.order)) {
                best = worker;
            }
        }
        return best;
    }
}
