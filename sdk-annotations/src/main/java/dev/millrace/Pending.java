package dev.millrace;

/**
 * An answer that is on its way: a started run, or a part of a durable step that goes on beside the rest. Safe for use by
 * many threads.
 *
 * @param <T> the answer
 */
public interface Pending<T> {

    /** Whether {@link #join()} would return or throw at once. */
    boolean isDone();

    /**
     * The answer, waited for.
     *
     * @throws RuntimeException if what it stands for failed; each kind says which
     */
    T join();
}
