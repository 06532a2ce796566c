package dev.millrace.samples.review;

/** A draft that is to be published: the input of the workflow. */
public record Submission(Draft draft, Deadlines deadlines) {}
