package dev.millrace.tools;

import java.util.Objects;

/**
 * What a language model is told of a tool. Immutable.
 *
 * @param name by which it asks for the tool
 * @param description what the comment of the action says first; may be empty, but then no model knows when to use it
 * @param parameters JSON Schema of the arguments: an object with a member for each parameter of the action
 */
public record ToolDefinition(String name, String description, String parameters) {
    public ToolDefinition {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(parameters, "parameters");
    }
}
