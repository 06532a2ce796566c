package dev.millrace.samples.research;

/**
 * What to look for, and where.
 *
 * @param source {@code news}, {@code statistics} or {@code archive}
 */
public record Query(String source, String words) {}
