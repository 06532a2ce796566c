package dev.millrace.binding;

/**
 * What the {@link dev.millrace.Durable} of a worker is besides: the door through which a generated client starts runs as
 * children of the run that the durable step belongs to. A {@code Durable} that a unit test makes for itself implements
 * this too where the code under test starts children.
 *
 * <p>A start is a checkpoint, named after the workflow: repeated code is given the child that is there already. A child
 * whose parent's step ends without success is cancelled, unless it was abandoned. To be used on the thread that the step was called on.
 */
public interface ChildStarter {

    /**
     * Starts a child.
     *
     * @param workflow what to start
     * @param input what to start it with; {@code null} for a workflow without input
     * @param options what the start says beside the input
     */
    <I, R> StartedChild<R> start(WorkflowRef<I, R> workflow, I input, ChildOptions options);
}
