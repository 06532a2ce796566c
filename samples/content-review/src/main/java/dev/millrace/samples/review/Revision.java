package dev.millrace.samples.review;

/** An author's answer: the whole text anew. */
public record Revision(String text) {}
