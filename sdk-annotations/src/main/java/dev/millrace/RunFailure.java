package dev.millrace;

import java.util.Objects;
import java.util.Optional;

/**
 * Why a run ends without success; given to the {@link OnFailure} method.
 *
 * @param runId the id of the run
 * @param reason whether a step failed or the run's time was up
 * @param code a stable code of the engine, such as {@code STEP_FAILED} or {@code RUN_TIMED_OUT}
 * @param message one sentence about it
 * @param firstFailure the step that failed first
 */
public record RunFailure(String runId, Reason reason, String code, String message, Optional<StepFailure> firstFailure) {

    /** How the run ends. */
    public enum Reason {
        /** A step failed for good. */
        FAILED,
        /** The run deadline came first. */
        TIMED_OUT
    }

    public RunFailure {
        Objects.requireNonNull(runId, "runId");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(firstFailure, "firstFailure");
    }
}
