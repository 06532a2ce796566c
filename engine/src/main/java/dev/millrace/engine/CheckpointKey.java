package dev.millrace.engine;

import java.util.Objects;

/**
 * Names one action of a durable step.
 *
 * @param branch path of the branch of the code that the action is in; empty for the step itself
 * @param name as the code gives it, at most 200 characters
 * @param count the n-th action of this name in the branch, from 1
 */
public record CheckpointKey(String branch, String name, int count) {
    /** The branch of what a step waits for before it begins, which no code is in. */
    public static final String BEFORE = "@";

    /** The most characters that a branch or a name may have. */
    public static final int MOST_CHARACTERS = 200;

    public CheckpointKey {
        Objects.requireNonNull(branch, "branch");
        Objects.requireNonNull(name, "name");
        if (branch.length() > MOST_CHARACTERS || name.isEmpty() || name.length() > MOST_CHARACTERS || count < 1) {
            throw new IllegalArgumentException(
                    "No action can be named '" + name + "', number " + count + " in branch '" + branch + "'.");
        }
    }

    /** Whether it names something that the step waits for before it begins. */
    public boolean isBefore() {
        return branch.equals(BEFORE);
    }

    @Override
    public String toString() {
        return (branch.isEmpty() || isBefore() ? "" : branch + "/") + name + "#" + count;
    }
}
