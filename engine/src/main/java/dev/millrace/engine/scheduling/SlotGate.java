package dev.millrace.engine.scheduling;

import java.util.Optional;

/** Lets pass what fits a connected worker right now. */
final class SlotGate implements Gate {

    @Override
    public Optional<Hold> holds(Lane lane, long nowMicros) {
        if (!lane.shape.isServed()) {
            return hold(Hold.Reason.NO_COMPATIBLE_WORKER, lane);
        }
        if (leastLoaded(lane) != null) {
            return Optional.empty();
        }
        for (var crew : lane.shape.crews) {
            if (crew.largest() >= lane.slots) {
                return hold(Hold.Reason.SLOTS_TAKEN, lane);
            }
        }
        return hold(Hold.Reason.NO_WORKER_LARGE_ENOUGH, lane);
    }

    private static Optional<Hold> hold(Hold.Reason reason, Lane lane) {
        return Optional.of(new Hold(reason, lane.shape.workflow, Long.MAX_VALUE, lane.size() - 1));
    }

    /** The worker with the most free slots among those that a task of the lane fits; null when it fits none. */
    WorkerSlots leastLoaded(Lane lane) {
        WorkerSlots best = null;
        for (int i = 0; i < lane.shape.crews.size(); i++) {
            var crew = lane.shape.crews.get(i);
            var worker = crew.workerFor(lane.slots);
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
