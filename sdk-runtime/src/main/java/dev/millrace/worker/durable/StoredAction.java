package dev.millrace.worker.durable;

import java.util.Objects;
import java.util.Optional;

/**
 * What is stored of an action.
 *
 * @param order when it was settled in comparison to the others, from 1; 0 while it is open
 * @param json its result; empty for none
 * @param child id of the run that it started; empty for none
 * @param source what settled it: the id of the event, the request id of the signal; empty for everything else
 */
public record StoredAction(
        Action action,
        State state,
        int order,
        byte[] json,
        Optional<ActionFailure> failure,
        String child,
        String source) {

    /** One that started no run. */
    public StoredAction(Action action, State state, int order, byte[] json, Optional<ActionFailure> failure) {
        this(action, state, order, json, failure, "");
    }

    /** One that nothing from outside has settled. */
    public StoredAction(
            Action action, State state, int order, byte[] json, Optional<ActionFailure> failure, String child) {
        this(action, state, order, json, failure, child, "");
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
        Objects.requireNonNull(source, "source");
    }

    boolean isOpen() {
        return state == State.OPEN;
    }
}
