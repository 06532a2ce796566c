package dev.millrace.engine;

import java.time.Instant;
import java.util.List;

/**
 * What is stored of a durable step.
 *
 * @param end when the time of the step is up, its waits included; {@link Instant#MAX} before it was first entered
 * @param wake while it waits, the {@link Checkpoint#order} with which it goes on; 0 for the next
 * @param all its checkpoints, in the order in which they were first stored
 */
public record Checkpoints(Instant end, int wake, List<Checkpoint> all) {
    /** Of a step that is not durable, or has not begun. */
    public static final Checkpoints NONE = new Checkpoints(Instant.MAX, List.of());

    /** How many checkpoints a step may have beside its children. */
    public static final int MOST = 10_000;

    /** With so many the history of the run says that it will be too many. */
    public static final int WARN_AT = 8_000;

    /** How many bytes all of them may take, values kept elsewhere included. */
    public static final long MOST_BYTES = 32L << 20;

    public Checkpoints {
        all = List.copyOf(all);
    }

    /** Of a step that any news concern. */
    public Checkpoints(Instant end, List<Checkpoint> all) {
        this(end, 0, all);
    }
}
