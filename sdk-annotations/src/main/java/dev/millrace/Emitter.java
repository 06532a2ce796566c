package dev.millrace;

/**
 * Streams items out of a step while it runs. Items are stored in order; whoever follows the run, however late, reads them
 * from the start. Each carries the number of its attempt, so that a reader can tell a repeated stream from its
 * predecessor. Only steps have one, and one at most. Safe for use by many threads: what one of them emits keeps its order.
 *
 * <pre>{@code
 * @Step Summary summarise(Document document, Emitter<Delta> tokens) {
 *   return model.stream(document, tokens::emit);
 * }
 * }</pre>
 *
 * <p>What an attempt has emitted is stored before its result is: nobody sees a result that does not see all that led to it. An
 * attempt whose worker dies may lose the items of its last moment.
 *
 * <p>Limits: 64 KiB of JSON for an item; 1,000 items a second for an attempt, after 2,000 at once; 64 MiB for a run, each item counting 32
 * bytes more than its JSON. An attempt that emits more than its run may fails with {@code STREAM_LIMIT}, and is not tried again.
 *
 * <p>In a durable step, what was emitted before a checkpoint that is stored is not emitted again when the code is repeated; what came after
 * the last one is. Inside an action it is emitted whenever the action runs.
 *
 * @param <T> the type of the items
 */
public interface Emitter<T> {

    /**
     * Adds an item. Returns at once unless too much is under way, then waits for room, at most until the attempt's
     * deadline.
     *
     * @throws IllegalArgumentException if the item is null, cannot be written as JSON, or its JSON is larger than 64 KiB; the step may go on
     * @throws NonRetryableException if the run holds as many items as it may
     * @throws AttemptCancelledException if nobody waits for the attempt any more, or its time is up
     * @throws IllegalStateException if the attempt has ended
     */
    void emit(T item);
}
