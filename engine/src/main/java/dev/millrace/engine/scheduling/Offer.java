package dev.millrace.engine.scheduling;

import java.util.Optional;

/** Whose turn it is, and who is to do it. */
public final class Offer {
    private final Ready task;
    private final WorkerSlots worker;
    private final Optional<Gathering> gathering;

    Offer(Ready task, WorkerSlots worker, Optional<Gathering> gathering) {
        this.task = task;
        this.worker = worker;
        this.gathering = gathering;
    }

    public Ready task() {
        return task;
    }

    public WorkerSlots worker() {
        return worker;
    }

    /** How many may share the call; 1 where every attempt has its own. */
    public int most() {
        return gathering.map(Gathering::most).orElse(1);
    }

    /** Where it waited for others. */
    Optional<Gathering> gathering() {
        return gathering;
    }
}
