package com.acme.research;

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
 * Starts runs of the workflow {@code search}, which is {@link Search}:
 *
 * <pre>{@code
 * look
 * }</pre>
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class SearchClient {
    private static final WorkflowRef<Query, Finding> WORKFLOW = new WorkflowRef<>(
            "search",
            "06a39cf1998ce7df1b131e802e2c3b8b",
            TypeRef.of(Query.class),
            TypeRef.of(Finding.class));

    private final RunStarter<Query, Finding> runs;

    /**
     * A client that starts runs over this connection.
     */
    public SearchClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public SearchClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Finding run(Query query) {
        return runs.run(query);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Finding> start(Query query) {
        return runs.start(query);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Finding> start(Query query, UnaryOperator<StartOptions> options) {
        return runs.start(query, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Finding>> startAll(Collection<? extends Query> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Query> loader() {
        return runs.loader();
    }
}
