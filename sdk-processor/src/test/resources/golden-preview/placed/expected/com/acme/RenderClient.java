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
 * Starts runs of the workflow {@code render}, which is {@link Render}:
 *
 * <pre>{@code
 * load    --*
 * draw    <-+--*
 * publish <----+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
final class RenderClient {
    private static final WorkflowRef<String, Render.Frames> WORKFLOW = new WorkflowRef<>(
            "render",
            "33956693921f13c44e6f2f48ec099c5f",
            TypeRef.of(String.class),
            TypeRef.of(Render.Frames.class));

    private final RunStarter<String, Render.Frames> runs;

    /**
     * A client that starts runs over this connection.
     */
    RenderClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    RenderClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Render.Frames run(String url) {
        return runs.run(url);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Render.Frames> start(String url) {
        return runs.start(url);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Render.Frames> start(String url, UnaryOperator<StartOptions> options) {
        return runs.start(url, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Render.Frames>> startAll(Collection<? extends String> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<String> loader() {
        return runs.loader();
    }
}
