package dev.millrace.samples.orders;

/** Goods that wait in a warehouse for their parcel; {@code id} is the warehouse's. */
public record Reservation(String id, String warehouse, int pieces) {}
