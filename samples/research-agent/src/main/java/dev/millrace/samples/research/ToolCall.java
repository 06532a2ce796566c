package dev.millrace.samples.research;

/**
 * The model wants a tool to be used.
 *
 * @param arguments JSON, as the model wrote it
 */
public record ToolCall(String id, String name, String arguments) {}
