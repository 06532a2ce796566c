package dev.millrace.samples.research;

/** What is to be found out about: the input of the workflow. */
public record Question(String topic) {}
