package dev.millrace.samples.research;

/**
 * A piece of a source.
 *
 * @param id by which claims refer to it
 */
public record Excerpt(String id, String text) {}
