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
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.annotation.processing.Generated;

/**
 * Starts runs of the workflow {@code rates}, which is {@link Rates}:
 *
 * <pre>{@code
 * currencies --*
 * rate       <-#--*
 * best       <----+
 * publish    <----+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code #} takes each element,
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class RatesClient {
    private static final WorkflowRef<String, Optional<Rates.Rate>> WORKFLOW = new WorkflowRef<>(
            "rates",
            "fb12406b06175845d3fa9dc3b4100206",
            TypeRef.of(String.class),
            new TypeRef<Optional<Rates.Rate>>() {});

    private final RunStarter<String, Optional<Rates.Rate>> runs;

    /**
     * A client that starts runs over this connection.
     */
    public RatesClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public RatesClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Optional<Rates.Rate> run(String base) {
        return runs.run(base);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Optional<Rates.Rate>> start(String base) {
        return runs.start(base);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Optional<Rates.Rate>> start(String base, UnaryOperator<StartOptions> options) {
        return runs.start(base, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Optional<Rates.Rate>>> startAll(Collection<? extends String> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<String> loader() {
        return runs.loader();
    }
}
