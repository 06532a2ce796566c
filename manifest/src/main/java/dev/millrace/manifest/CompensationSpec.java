package dev.millrace.manifest;

import java.util.Objects;

/**
 * What undoes a step. Compensations run after a failed, timed-out or cancelled run has no live attempt left, in reverse
 * order of the completion of the steps they undo.
 *
 * @param undoes the step that it undoes, if that step succeeded
 * @param handler the method, its parameters and its policy
 */
public record CompensationSpec(String undoes, HandlerSpec handler) {
    public CompensationSpec {
        Names.requireName("undoes", "compensated step", undoes);
        Objects.requireNonNull(handler, "handler");
    }
}
