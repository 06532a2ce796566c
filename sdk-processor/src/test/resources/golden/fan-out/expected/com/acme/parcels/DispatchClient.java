package com.acme.parcels;

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
 * Starts runs of the workflow {@code dispatch}, which is {@link Dispatch}:
 *
 * <pre>{@code
 * split --*
 * weigh <-#--*
 * label <-#--+--*
 * load  <----|--#
 * total <----+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code #} takes each element,
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class DispatchClient {
    private static final WorkflowRef<Consignment, Result> WORKFLOW = new WorkflowRef<>(
            "dispatch",
            "0c6dd40169fd8dc8195cfe0300bf3716",
            TypeRef.of(Consignment.class),
            TypeRef.of(Result.class));

    private final RunStarter<Consignment, Result> runs;

    /**
     * A client that starts runs over this connection.
     */
    public DispatchClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public DispatchClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Result run(Consignment consignment) {
        return runs.run(consignment);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Result> start(Consignment consignment) {
        return runs.start(consignment);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Result> start(Consignment consignment, UnaryOperator<StartOptions> options) {
        return runs.start(consignment, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Result>> startAll(Collection<? extends Consignment> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Consignment> loader() {
        return runs.loader();
    }

    /**
     * What a run results in: the values of its last steps.
     *
     * @param label what {@code label()} returned
     * @param total what {@code total()} returned
     */
    public record Result(List<Label> label, double total) {
    }
}
