package dev.millrace;

import java.util.Objects;

/**
 * An action, an inline call or a child of durable code failed for good: its attempts are used up, or its exception is one
 * that is not retried. Stored like a result, so that durable code may catch it and go another way; the exception that the
 * method threw stays on the worker where it was thrown, and is the cause only there.
 */
public class ActionFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient StepFailure failure;

    /**
     * Tells what failed.
     *
     * @param failure what is stored about it; its step is the name of the action
     */
    public ActionFailedException(StepFailure failure) {
        super(Objects.requireNonNull(failure, "failure").step() + " failed: " + failure.message());
        this.failure = failure;
    }

    /** What is stored about it. */
    public StepFailure failure() {
        return failure;
    }
}
