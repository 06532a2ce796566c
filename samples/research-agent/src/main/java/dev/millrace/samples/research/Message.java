package dev.millrace.samples.research;

import java.util.List;
import java.util.Optional;

/**
 * One turn of a conversation with the model.
 *
 * @param calls of tools, that the model asks for
 * @param answers the id of the call that this is the result of
 */
public record Message(Role role, String text, List<ToolCall> calls, Optional<String> answers) {

    /** Who speaks. */
    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT,
        TOOL
    }

    static Message of(Role role, String text) {
        return new Message(role, text, List.of(), Optional.empty());
    }
}
