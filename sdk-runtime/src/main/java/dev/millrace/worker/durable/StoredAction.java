package dev.millrace.worker.durable;

import java.util.Objects;
import java.util.Optional;

/**
 * What is stored of an action.
 *
 * @param order when it was settled in comparison to the others, from 1; 0 while it is open
 * @param json its result; empty for none
 * @param child id of the run that it started; empty for none
 */
public record StoredAction(
        Action action, State state, int order, byte[] json, Optional<ActionFailure> failure, String child) {

    /** One that started no run. */
    public StoredAction(Action action, State state, int order, byte[] json, Optional<ActionFailure> failure) {
        this(action, state, order, json, failure, "");
    }

    /** Where an action stands. */
    public enum State {
        /** It waits. */
        OPEN,
        DONE,
        FAILED,
        /** What it waited for did not come in time. */
        TIMED_OUT
    }

    public StoredAction {
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(json, "json");
        Objects.requireNonNull(failure, "failure");
    }

    boolean isOpen() {
        return state == State.OPEN;
    }
}
