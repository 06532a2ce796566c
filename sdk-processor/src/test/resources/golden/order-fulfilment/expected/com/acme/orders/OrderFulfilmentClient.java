package com.acme.orders;

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
 * Starts runs of the workflow {@code order-fulfilment}, which is {@link OrderFulfilment}:
 *
 * <pre>{@code
 * charge  --*
 * reserve --|--*
 * ship    <-+--+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class OrderFulfilmentClient {
    private static final WorkflowRef<Order, Receipt> WORKFLOW = new WorkflowRef<>(
            "order-fulfilment",
            "8a22ec06a6e984c2355881d6bdb5da59",
            TypeRef.of(Order.class),
            TypeRef.of(Receipt.class));

    private final RunStarter<Order, Receipt> runs;

    /**
     * A client that starts runs over this connection.
     */
    public OrderFulfilmentClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public OrderFulfilmentClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Receipt run(Order order) {
        return runs.run(order);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Receipt> start(Order order) {
        return runs.start(order);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Receipt> start(Order order, UnaryOperator<StartOptions> options) {
        return runs.start(order, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Receipt>> startAll(Collection<? extends Order> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Order> loader() {
        return runs.loader();
    }
}
