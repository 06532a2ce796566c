package dev.millrace.tools;

import java.util.Objects;

/**
 * That a language model asks for a tool. Immutable.
 *
 * @param name of the tool, as the model wrote it
 * @param arguments a JSON object, as the model wrote it; empty for none
 */
public record ToolCall(String name, String arguments) {
    public ToolCall {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(arguments, "arguments");
    }
}
