package dev.millrace.engine;

import java.util.Objects;

/**
 * The durable step that started a run, and by which action. Both runs are of one tenant, so of one shard: a child begins in the same commit
 * as its parent's checkpoint, and its end is in the same commit as the end of that wait.
 *
 * @param run the parent
 * @param generation of the parent: one that was replayed since does not wait for this child any more
 * @param key names the checkpoint of the parent that waits for the child
 * @param depth how many runs are above the child, at least 1 and at most {@link #MOST_DEPTH}
 * @param abandoned the child goes on when the step that started it ends without success; else it is cancelled then
 */
public record Parent(
        RunId run, int generation, int node, int element, CheckpointKey key, int depth, boolean abandoned) {
    /** How many runs may stand above each other. */
    public static final int MOST_DEPTH = 16;

    /** How many children one durable step may start. */
    public static final int MOST_CHILDREN = 10_000;

    public Parent {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(key, "key");
        if (depth < 1 || depth > MOST_DEPTH) {
            throw new IllegalArgumentException("A child has 1 to " + MOST_DEPTH + " runs above it, not " + depth + ".");
        }
    }
}
