package dev.millrace.engine;

import java.time.Instant;

/**
 * The task of a {@code TRANSACTIONAL} step is given up, and nobody knows yet whether its effect is committed: an attempt that was lost or ran
 * too long may have committed, or may do so still. So it queues once more for an attempt that does not enter the method, but makes a
 * commit impossible, or finds that there was one.
 *
 * @param end what the task ends as if there was none: {@link TaskState#FAILED} or {@link TaskState#CANCELLED}
 * @param since when it was given up
 */
public record Seal(TaskState end, Instant since) {
    public Seal {
        if (end != TaskState.FAILED && end != TaskState.CANCELLED) {
            throw new IllegalArgumentException("A task is not given up as " + end + ".");
        }
    }
}
