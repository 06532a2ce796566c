package dev.millrace.samples.research;

/** The answer, as people read it. */
public record Report(String text) {}
