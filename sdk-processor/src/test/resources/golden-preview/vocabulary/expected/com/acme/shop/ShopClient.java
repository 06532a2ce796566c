package com.acme.shop;

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
 * Starts runs of the workflow {@code shop}, which is {@link Shop}:
 *
 * <pre>{@code
 * charge --*
 * print  <-+--*   on a condition
 * book   <-+--?--*
 * notify <-------+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value,
 * {@code ?} takes the value, if there is one.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
final class ShopClient {
    private static final WorkflowRef<Shop.Order, Shop.Booking> WORKFLOW = new WorkflowRef<>(
            "shop",
            "871a1b9aa01c12b4a6e6b0df7ce11bc1",
            TypeRef.of(Shop.Order.class),
            TypeRef.of(Shop.Booking.class));

    private final RunStarter<Shop.Order, Shop.Booking> runs;

    /**
     * A client that starts runs over this connection.
     */
    ShopClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    ShopClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Shop.Booking run(Shop.Order order) {
        return runs.run(order);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Shop.Booking> start(Shop.Order order) {
        return runs.start(order);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Shop.Booking> start(Shop.Order order, UnaryOperator<StartOptions> options) {
        return runs.start(order, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Shop.Booking>> startAll(Collection<? extends Shop.Order> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Shop.Order> loader() {
        return runs.loader();
    }
}
