package dev.millrace.client;

import dev.millrace.Durable;
import dev.millrace.binding.ChildStarter;
import dev.millrace.binding.WorkflowRef;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a generated client delegates to: something that starts runs of one workflow, either from outside (a {@link
 * WorkflowClient}) or from durable code, as children of its run ({@link #within}).
 *
 * @param <I> what a run is started with; {@code Void} for a workflow without input, started with {@code null}
 * @param <R> what a run results in; {@code Void} for a workflow without result
 */
public sealed interface RunStarter<I, R> permits WorkflowClient, ChildClient {

    /** Starts a run and waits for its result. */
    R run(I input);

    /** Starts a run. */
    RunHandle<R> start(I input);

    /** Starts a run with options of its own. */
    RunHandle<R> start(I input, UnaryOperator<StartOptions> options);

    /** Starts a run for each input; the handles are in the order of the inputs. */
    List<RunHandle<R>> startAll(Collection<? extends I> inputs);

    /**
     * Starts runs for any number of inputs without keeping them.
     *
     * @throws UnsupportedOperationException in durable code, where each child is kept; there is {@link #startAll}
     */
    RunLoader<I> loader();

    /**
     * Starts children of the run that durable code belongs to. Starts and results are checkpoints: repeated code gets the
     * same children again. To be used on the thread of the step.
     *
     * @throws IllegalArgumentException if this {@code Durable} starts no children: it is neither a worker's nor a {@link
     *     ChildStarter}
     */
    static <I, R> RunStarter<I, R> within(Durable durable, WorkflowRef<I, R> workflow) {
        if (durable instanceof ChildStarter children) {
            return new ChildClient<>(children, workflow);
        }
        throw new IllegalArgumentException(
                "A client of workflow '" + workflow.workflow() + "' cannot start children through a "
                        + durable.getClass().getName()
                        + ": it is not the Durable that a worker gave to the step. A Durable made for a"
                        + " unit test implements dev.millrace.binding.ChildStarter too.");
    }
}
