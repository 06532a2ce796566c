package dev.millrace.samples.orders;

/** Who ordered. */
public record Customer(String id, String name, String email) {}
