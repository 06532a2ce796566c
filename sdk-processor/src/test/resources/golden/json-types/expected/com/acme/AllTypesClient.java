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
 * Starts runs of the workflow {@code all-types}, which is {@link AllTypes}:
 *
 * <pre>{@code
 * plant --*
 * draw  <-+--*
 * load  <-*--+
 * print <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class AllTypesClient {
    private static final WorkflowRef<AllTypes.Everything, AllTypes.Page<AllTypes.Page<String>>> WORKFLOW = new WorkflowRef<>(
            "all-types",
            "84353c000a742c178d97ea5910e9f2f4",
            TypeRef.of(AllTypes.Everything.class),
            new TypeRef<AllTypes.Page<AllTypes.Page<String>>>() {});

    private final RunStarter<AllTypes.Everything, AllTypes.Page<AllTypes.Page<String>>> runs;

    /**
     * A client that starts runs over this connection.
     */
    public AllTypesClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public AllTypesClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public AllTypes.Page<AllTypes.Page<String>> run(AllTypes.Everything everything) {
        return runs.run(everything);
    }

    /**
     * Starts a run.
     */
    public RunHandle<AllTypes.Page<AllTypes.Page<String>>> start(AllTypes.Everything everything) {
        return runs.start(everything);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<AllTypes.Page<AllTypes.Page<String>>> start(AllTypes.Everything everything,
            UnaryOperator<StartOptions> options) {
        return runs.start(everything, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<AllTypes.Page<AllTypes.Page<String>>>> startAll(
            Collection<? extends AllTypes.Everything> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<AllTypes.Everything> loader() {
        return runs.loader();
    }
}
