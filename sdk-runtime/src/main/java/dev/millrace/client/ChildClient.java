package dev.millrace.client;

import dev.millrace.binding.ChildOptions;
import dev.millrace.binding.ChildStarter;
import dev.millrace.binding.WorkflowRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

/** Starts runs of one workflow as children of the run that durable code belongs to; for the thread of its step alone. */
final class ChildClient<I, R> implements RunStarter<I, R> {
    private final ChildStarter children;
    private final WorkflowRef<I, R> workflow;

    ChildClient(ChildStarter children, WorkflowRef<I, R> workflow) {
        this.children = children;
        this.workflow = workflow;
    }

    @Override
    public R run(I input) {
        return start(input).join();
    }

    @Override
    public RunHandle<R> start(I input) {
        return start(input, UnaryOperator.identity());
    }

    @Override
    public RunHandle<R> start(I input, UnaryOperator<StartOptions> options) {
        var chosen = options.apply(StartOptions.none());
        if (chosen.idempotencyKey().isPresent()) {
            throw new IllegalArgumentException(
                    "A child has no idempotency key, because it begins with a checkpoint of its"
                            + " parent and so once anyway; this one is given \""
                            + chosen.idempotencyKey().get() + "\". Leave it out.");
        }
        if (!chosen.requires().isEmpty()) {
            throw new IllegalArgumentException("A child cannot require labels of its own, but this one requires "
                    + chosen.requires() + ". Let its steps require them.");
        }
        return new ChildRun<>(children.start(
                workflow,
                input,
                new ChildOptions(chosen.chosenPriority(), chosen.metadata(), chosen.deadline(), chosen.isAbandoned())));
    }

    @Override
    public List<RunHandle<R>> startAll(Collection<? extends I> inputs) {
        var handles = new ArrayList<RunHandle<R>>(inputs.size());
        for (I input : inputs) {
            handles.add(start(input));
        }
        return handles;
    }

    @Override
    public RunLoader<I> loader() {
        throw new UnsupportedOperationException(
                "Durable code keeps each child that it starts, so it has no loader. Use startAll.");
    }
}
