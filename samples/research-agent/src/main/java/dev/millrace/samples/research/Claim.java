package dev.millrace.samples.research;

import java.util.List;

/**
 * Something that the model says it has found out.
 *
 * @param excerpts the ids of those that it rests on
 */
public record Claim(String text, List<String> excerpts) {}
