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
 * Starts runs of the workflow {@code payments}, which is {@link Payments}:
 *
 * <pre>{@code
 * charge
 * }</pre>
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class PaymentsClient {
    private static final WorkflowRef<Payments.Payment, Payments.Receipt> WORKFLOW = new WorkflowRef<>(
            "payments",
            "5d7ac85c12079fd267cfe5bb9877b54d",
            TypeRef.of(Payments.Payment.class),
            TypeRef.of(Payments.Receipt.class));

    private final RunStarter<Payments.Payment, Payments.Receipt> runs;

    /**
     * A client that starts runs over this connection.
     */
    public PaymentsClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public PaymentsClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Payments.Receipt run(Payments.Payment payment) {
        return runs.run(payment);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Payments.Receipt> start(Payments.Payment payment) {
        return runs.start(payment);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Payments.Receipt> start(Payments.Payment payment,
            UnaryOperator<StartOptions> options) {
        return runs.start(payment, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Payments.Receipt>> startAll(
            Collection<? extends Payments.Payment> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Payments.Payment> loader() {
        return runs.loader();
    }
}
