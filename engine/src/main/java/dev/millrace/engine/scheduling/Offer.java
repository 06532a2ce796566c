package dev.millrace.engine.scheduling;

/** Whose turn it is, and who is to do it. */
public record Offer(Ready task, WorkerSlots worker) {}
