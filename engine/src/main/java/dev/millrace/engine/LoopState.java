package dev.millrace.engine;

import java.util.Objects;

/**
 * How far a task has come that is called again until it is done.
 *
 * @param turns how many of its turns have ended with another to follow
 * @param state what the newest of them left for the next; none before, and none when the task has ended
 */
public record LoopState(int turns, Payload state) {
    /** The most turns of one task: each stays in the history of its run. */
    public static final int MOST_TURNS = 10_000;

    /** Of a task that is in its first turn, or is no loop. */
    public static final LoopState NONE = new LoopState(0, Payload.NONE);

    public LoopState {
        Objects.requireNonNull(state, "state");
        if (turns < 0) {
            throw new IllegalArgumentException("A loop has 0 turns behind it or more, not " + turns + ".");
        }
    }

    /** One more turn has ended, with this. */
    public LoopState next(Payload left) {
        return new LoopState(turns + 1, left);
    }

    /** The number of the turn that it is in, from 1; when the task has ended, of the last. */
    public int turn() {
        return turns + 1;
    }

    /** The same without the state, which nobody takes any more. */
    public LoopState ended() {
        return turns == 0 ? NONE : new LoopState(turns, Payload.NONE);
    }
}
