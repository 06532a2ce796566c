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
 * Starts runs of the workflow {@code research}, which is {@link Research}:
 *
 * <pre>{@code
 * research --*   durable
 * summary  <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class ResearchClient {
    private static final WorkflowRef<Question, String> WORKFLOW = new WorkflowRef<>(
            "research",
            "b396ac4da92588432db2268fe1cadf4d",
            TypeRef.of(Question.class),
            TypeRef.of(String.class));

    private final RunStarter<Question, String> runs;

    /**
     * A client that starts runs over this connection.
     */
    public ResearchClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public ResearchClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public String run(Question question) {
        return runs.run(question);
    }

    /**
     * Starts a run.
     */
    public RunHandle<String> start(Question question) {
        return runs.start(question);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<String> start(Question question, UnaryOperator<StartOptions> options) {
        return runs.start(question, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<String>> startAll(Collection<? extends Question> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Question> loader() {
        return runs.loader();
    }
}
