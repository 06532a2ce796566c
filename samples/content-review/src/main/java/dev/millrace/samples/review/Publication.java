package dev.millrace.samples.review;

/** A draft that is out. */
public record Publication(String address) {}
