package dev.millrace.client;

import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

public interface WorkflowClient<I, R> {
    R run(I input);

    RunHandle<R> start(I input);

    RunHandle<R> start(I input, UnaryOperator<StartOptions> options);

    List<RunHandle<R>> startAll(Collection<? extends I> inputs);
}
