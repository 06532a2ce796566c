package dev.millrace.samples.orders;

/** Money that was taken; {@code id} is the payment provider's. */
public record Payment(String id, long cents, String currency) {}
