package dev.millrace.samples.research;

import java.util.List;

/**
 * What the model says.
 *
 * @param calls tools that it wants to be used first; then there may be no text
 * @param tokens what it cost, prompt included
 */
public record Answer(String text, List<ToolCall> calls, long tokens) {}
