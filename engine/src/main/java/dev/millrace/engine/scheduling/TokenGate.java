package dev.millrace.engine.scheduling;

import java.util.Optional;

/** Lets pass what finds its tokens in every rate limit it takes from. */
final class TokenGate implements Gate {

    @Override
    public Optional<Hold> holds(Lane lane, long nowMicros) {
        var wait = lacking(lane, nowMicros);
        return wait == null
                ? Optional.empty()
                : Optional.of(new Hold(
                        Hold.Reason.NO_TOKENS,
                        wait.bucket.name,
                        wait.bucket.availableAt(wait.cost, nowMicros),
                        wait.bucket.waiters.size() - (lane.parkedUnder == wait ? 1 : 0)));
    }

    /** The first limit without enough tokens for a task of the lane; null when all have them. */
    Wait lacking(Lane lane, long nowMicros) {
        for (int i = 0; i < lane.limits.size(); i++) {
            var wait = lane.limits.get(i);
            if (wait.bucket.availableAt(wait.cost, nowMicros) > nowMicros) {
                return wait;
            }
        }
        return null;
    }
}
