/**
 * What the steps of this worker emit: buffered for each attempt, sent over a stream of its own, and kept until it is stored. In come items
 * of steps; out go chunks, one under way for each attempt at a time.
 */
package dev.millrace.worker.items;
