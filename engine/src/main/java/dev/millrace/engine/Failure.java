package dev.millrace.engine;

import java.util.Objects;

/**
 * Why an attempt, a task or a run failed.
 *
 * @param type class of the user's exception, or a stable code of ours such as {@code STEP_TIMEOUT}
 * @param message for people
 * @param stackTrace may be empty
 * @param nonRetryable whether the policy's retries are void
 * @param retryAfterMillis do not retry sooner; 0 when the policy alone decides
 * @param rateLimit the rate limit to close until then; empty for none
 */
public record Failure(
        String type, String message, String stackTrace, boolean nonRetryable, long retryAfterMillis, String rateLimit) {

    /** An attempt ran longer than its step's timeout. */
    public static final String STEP_TIMEOUT = "STEP_TIMEOUT";
    /** A task waited longer for a worker than its queue timeout although workers of its version were connected. */
    public static final String QUEUE_TIMEOUT = "QUEUE_TIMEOUT";
    /** A task waited longer than its queue timeout and no connected worker serves its version. */
    public static final String NO_COMPATIBLE_WORKER = "NO_COMPATIBLE_WORKER";
    /** The worker of a task that may run only once was lost after it had begun, so that nobody knows how far it came. */
    public static final String WORKER_LOST = "WORKER_LOST";
    /** The step's condition could not be evaluated. */
    public static final String CONDITION_FAILED = "CONDITION_FAILED";
    /** A key, weight or cost of a step or a run could not be evaluated. */
    public static final String KEY_EXPRESSION_ERROR = "KEY_EXPRESSION_ERROR";
    /** A task would take more tokens of a rate limit at once than its bucket can hold, so it could never run. */
    public static final String COST_ABOVE_BURST = "COST_ABOVE_BURST";
    /** Somebody cancelled the task. */
    public static final String TASK_CANCELLED = "TASK_CANCELLED";
    /** Somebody decided that the task has failed. */
    public static final String FAILED_BY_HAND = "FAILED_BY_HAND";
    /** The run's deadline passed. */
    public static final String RUN_TIMEOUT = "RUN_TIMEOUT";
    /** The result of a step is no valid JSON or too large, or no list although a mapped step takes it apart. */
    public static final String OUTPUT_INVALID = "OUTPUT_INVALID";
    /** The result of a step is not what the manifest's output schema says. */
    public static final String RESULT_SCHEMA_MISMATCH = "RESULT_SCHEMA_MISMATCH";
    /**
     * Durable code asked for another action than the one that is stored at its place. Not charged as a retry, and tried again
     * until the step's time is up: a worker with the right code goes on where the step was.
     */
    public static final String CHECKPOINT_MISMATCH = "CHECKPOINT_MISMATCH";
    /** Another attempt would spend more than a budget of the run's workflow allows. */
    public static final String BUDGET_EXCEEDED = "BUDGET_EXCEEDED";
    /** A run uses more different things than are counted for one. */
    public static final String USAGE_LIMIT = "USAGE_LIMIT";
    /** What an attempt that seals a task says when it made sure that no transaction of the task was or can be committed. */
    public static final String SEALED = "SEALED";
    /** A transactional task was given up, and it could not be settled in time whether its effect is committed. */
    public static final String NOT_SEALED = "NOT_SEALED";
    /** No event came in time that a step needs to begin. */
    public static final String EVENT_TIMEOUT = "EVENT_TIMEOUT";
    /** Nobody answered in time what a step needs to know to begin. */
    public static final String APPROVAL_TIMEOUT = "APPROVAL_TIMEOUT";
    /** A loop had more turns than it may have. */
    public static final String TURN_LIMIT = "TURN_LIMIT";
    /** A durable step has more checkpoints than it may have. */
    public static final String CHECKPOINT_LIMIT = "CHECKPOINT_LIMIT";
    /** A durable step asked for its run to begin anew beside which other steps may go on. */
    public static final String RESTART_REFUSED = "RESTART_REFUSED";
    /** A durable step started more children than it may start. */
    public static final String CHILD_LIMIT = "CHILD_LIMIT";
    /** A child was not started, because too many runs stand above it. */
    public static final String CHILD_DEPTH = "CHILD_DEPTH";
    /** A child was not started, because starts of its workflow may become part of another run, or be dropped. */
    public static final String WINDOWED_CHILD = "WINDOWED_CHILD";
    /** A child failed. */
    public static final String CHILD_FAILED = "CHILD_FAILED";
    /** A child was cancelled. */
    public static final String CHILD_CANCELLED = "CHILD_CANCELLED";
    /** The deadline of a child passed. */
    public static final String CHILD_TIMED_OUT = "CHILD_TIMED_OUT";
    /** Nobody waits for a child any more, because the step that started it has ended. */
    public static final String PARENT_ENDED = "PARENT_ENDED";

    public Failure {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(stackTrace, "stackTrace");
        Objects.requireNonNull(rateLimit, "rateLimit");
        if (retryAfterMillis < 0) {
            throw new IllegalArgumentException(
                    "retryAfterMillis must not be negative, but is " + retryAfterMillis + ".");
        }
    }

    /** A failure with a code of ours. */
    public static Failure of(String code, String message) {
        return new Failure(code, message, "", false, 0, "");
    }
}
