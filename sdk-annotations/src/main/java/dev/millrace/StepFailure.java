package dev.millrace;

import java.util.Objects;

/**
 * Why a step failed for good.
 *
 * @param step the name of the step
 * @param code a stable code of the engine, such as {@code STEP_FAILED}, {@code STEP_TIMEOUT} or {@code WORKER_LOST}
 * @param type the class name of the exception that ended the last attempt; empty if no exception did
 * @param message what the exception said, or a sentence of the engine
 */
public record StepFailure(String step, String code, String type, String message) {
    public StepFailure {
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(message, "message");
    }
}
