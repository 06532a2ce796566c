package dev.millrace.engine.scheduling;

import java.util.Optional;

/**
 * One kind of thing that a task may have to wait for. A gate only answers; it is asked by the scheduler before a task goes,
 * and may be asked at any time by whoever wants to know why a task waits.
 */
interface Gate {
    /** What holds the tasks of a lane back; empty when this gate lets them pass. */
    Optional<Hold> holds(Lane lane, long nowMicros);
}
