package dev.millrace.client;

import java.time.Instant;

/**
 * Something that a step of a run emitted.
 *
 * @param value what it is
 * @param step the step
 * @param element which task of a mapped step; else 0
 * @param generation 1 for the first execution of the run, one more for each replay
 * @param attempt number of the attempt. A step that failed and is tried again emits again, under a higher number: draw it afresh then. In a
 *     durable step attempts continue each other
 * @param index which item of its attempt, from 0
 * @param position which of all that the run emitted, from 1 and rising; {@link StreamOptions#after} resumes behind it
 * @param storedAt by the control plane's clock
 */
public record StreamItem<T>(
        T value, String step, int element, int generation, int attempt, long index, long position, Instant storedAt) {}
