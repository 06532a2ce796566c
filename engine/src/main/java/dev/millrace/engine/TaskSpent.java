package dev.millrace.engine;

import java.util.Objects;

/**
 * What a task has spent.
 *
 * @param used by all its attempts of this generation
 * @param newest what its newest attempt has said so far
 */
public record TaskSpent(Usage used, Spent newest) {

    /** Of a task whose attempts say nothing. */
    public static final TaskSpent NONE = new TaskSpent(Usage.NONE, Spent.NONE);

    public TaskSpent {
        Objects.requireNonNull(used, "used");
        Objects.requireNonNull(newest, "newest");
    }

    /** The same as {@link #NONE} where there is nothing. */
    public static TaskSpent of(Usage used, Spent newest) {
        return used.isNone() && newest.isNone() ? NONE : new TaskSpent(used, newest);
    }
}
