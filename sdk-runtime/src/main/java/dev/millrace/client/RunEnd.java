package dev.millrace.client;

import dev.millrace.rest.model.RunState;
import java.util.Objects;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param runId the id of the run
 * @param state {@code SUCCEEDED}, {@code FAILED}, {@code CANCELLED} or {@code TIMED_OUT}
 * @param result its result; empty if the workflow has none or the run did not succeed
 * @param failure why it did not succeed
 * @param compensated whether compensations ran, and to their end
 */
public record RunEnd<R>(
        String runId, RunState state, Optional<R> result, Optional<RunException> failure, boolean compensated) {
    public RunEnd {
        Objects.requireNonNull(runId, "runId");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(result, "result");
        Objects.requireNonNull(failure, "failure");
    }

    /** Whether the run succeeded. */
    public boolean succeeded() {
        return state == RunState.SUCCEEDED;
    }
}
