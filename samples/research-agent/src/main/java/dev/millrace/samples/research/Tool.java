package dev.millrace.samples.research;

/**
 * A tool that the model may ask for.
 *
 * @param description what it is good for, for the model
 * @param parameters a JSON Schema
 */
public record Tool(String name, String description, String parameters) {}
