package dev.millrace.engine.core;

import dev.millrace.engine.scheduling.WorkerSlots;
import dev.millrace.engine.timer.Timer;

/** The slots of a worker that are of one kind with a name. Never due: it is its worker that is waited for. */
final class NamedSlots extends WorkerSlots {
    final Worker worker;
    private final String slotKind;

    NamedSlots(Worker worker, String slotKind) {
        this.worker = worker;
        this.slotKind = slotKind;
    }

    /** It has so many from now on. */
    void connect(int slots) {
        setSlots(slots);
    }

    @Override
    protected String slotKind() {
        return slotKind;
    }

    @Override
    protected int kind() {
        return Kinds.WORKER;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        throw new IllegalStateException("Slots of kind " + slotKind + " of " + worker.text + " are never due.");
    }
}
