package dev.millrace.binding;

import dev.millrace.Pending;

/**
 * A run that durable code started. To be used on the thread that the step was called on.
 *
 * @param <R> what the run results in; {@code Void} for a workflow without result
 */
public interface StartedChild<R> extends Pending<R> {

    /** The id of the child: a UUID of version 7. The same whenever the code is repeated. */
    String runId();
}
