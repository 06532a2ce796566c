package com.acme;

import dev.millrace.Durable;
import dev.millrace.TypeRef;
import dev.millrace.binding.WorkflowRef;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import dev.millrace.client.RunLoader;
import dev.millrace.client.RunStarter;
import dev.millrace.client.StartOptions;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.annotation.processing.Generated;

/**
 * Starts runs of the workflow {@code parameter}, which is {@link Shop.Parameter}:
 *
 * <pre>{@code
 * charge --*
 * ship   <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class Shop_ParameterClient {
    private static final WorkflowRef<Shop.Order, Shop.Optional> WORKFLOW = new WorkflowRef<>(
            "parameter",
            "126f05d4b1dd5cd9f10a0cfaaf3ff805",
            TypeRef.of(Shop.Order.class),
            TypeRef.of(Shop.Optional.class));

    private final RunStarter<Shop.Order, Shop.Optional> runs;

    /**
     * A client that starts runs over this connection.
     */
    public Shop_ParameterClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public Shop_ParameterClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Shop.Optional run(Shop.Order input) {
        return runs.run(input);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Shop.Optional> start(Shop.Order input) {
        return runs.start(input);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Shop.Optional> start(Shop.Order input, UnaryOperator<StartOptions> options) {
        return runs.start(input, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Shop.Optional>> startAll(Collection<? extends Shop.Order> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Shop.Order> loader() {
        return runs.loader();
    }
}
