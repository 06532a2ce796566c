package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import java.time.Instant;
import java.util.List;

/** Whether a workflow is paused: none of its runs begins then, while those that have begun go on. */
final class Pause extends Limit {
    private boolean paused;

    Pause(Scheduler scheduler, String workflow) {
        super(scheduler, workflow, "");
    }

    void set(boolean isPaused) {
        paused = isPaused;
        if (!isPaused && hasWaiters()) {
            due();
        }
    }

    @Override
    boolean lacks(Lane lane, Use use, long nowMicros) {
        return paused;
    }

    @Override
    void call(long nowMicros) {
        if (!paused) {
            for (int i = berths.size() - 1; i >= 0; i--) {
                berths.get(i).callAll();
            }
        }
    }

    @Override
    Hold hold(Lane lane, Use use, Explanation why) {
        return new Hold(
                Gate.PAUSED,
                name,
                "",
                why.since(),
                Instant.MAX,
                why.aheadInLane(),
                0,
                0,
                List.of(),
                "Goes on when workflow '" + name + "' is resumed.");
    }

    @Override
    boolean isAsNew(long nowMicros) {
        return false;
    }

    @Override
    void forget() {
        throw new IllegalStateException("A workflow's pause is kept.");
    }
}
