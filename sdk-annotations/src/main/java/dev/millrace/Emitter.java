package dev.millrace;

/**
 * Streams items out of a step while it runs. Items are stored in order; whoever follows the run, however late, reads them
 * from the start. Each carries the number of its attempt, so that a reader can tell a repeated stream from its
 * predecessor. Only steps have one, and one at most.
 *
 * @param <T> the type of the items
 */
public interface Emitter<T> {

    /**
     * Adds an item. Returns at once unless too much is under way, then waits for room, at most until the attempt's
     * deadline.
     *
     * @throws IllegalArgumentException if the item's JSON is larger than the control plane admits
     */
    void emit(T item);
}
