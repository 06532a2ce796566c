package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.TenantConfig;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Whether a workflow is paused: none of its runs begins then, while those that have begun go on. */
final class Pause extends Limit {
    private Optional<TenantConfig.Pause> paused = Optional.empty();

    Pause(Scheduler scheduler, String workflow) {
        super(scheduler, workflow, "");
    }

    void set(Optional<TenantConfig.Pause> pause) {
        paused = pause;
        if (pause.isEmpty() && hasWaiters()) {
            due();
        }
    }

    @Override
    boolean lacks(Lane lane, Use use, long nowMicros) {
        return paused.isPresent();
    }

    @Override
    void call(long nowMicros) {
        if (paused.isEmpty()) {
            for (int i = berths.size() - 1; i >= 0; i--) {
                berths.get(i).callAll();
            }
        }
    }

    @Override
    Hold hold(Lane lane, Use use, Explanation why) {
        var since = paused.map(TenantConfig.Pause::since).orElse(why.queued());
        return new Hold(
                Gate.PAUSED,
                name,
                "",
                since,
                Instant.MAX,
                why.aheadInLane(),
                0,
                0,
                List.of(),
                "Goes on when workflow '" + name + "' is resumed.",
                paused.map(TenantConfig.Pause::by).orElse(""),
                Optional.empty());
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
