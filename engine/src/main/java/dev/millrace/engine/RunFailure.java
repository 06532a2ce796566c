package dev.millrace.engine;

import java.util.Objects;

/**
 * Why a run does not succeed.
 *
 * @param step name of the step that failed first; empty when the run's deadline passed
 * @param cause the failure of that step, or {@link Failure#RUN_TIMEOUT}
 */
public record RunFailure(String step, Failure cause) {
    public RunFailure {
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(cause, "cause");
    }
}
