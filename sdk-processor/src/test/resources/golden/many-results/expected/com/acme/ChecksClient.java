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
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.annotation.processing.Generated;

/**
 * Starts runs of the workflow {@code checks}, which is {@link Checks}:
 *
 * <pre>{@code
 * fraud  --*
 * credit   |
 * limits   |
 * log    <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class ChecksClient {
    private static final WorkflowRef<String, Result> WORKFLOW = new WorkflowRef<>(
            "checks",
            "eb62ce26433163ea39a81742db5516c5",
            TypeRef.of(String.class),
            TypeRef.of(Result.class));

    private final RunStarter<String, Result> runs;

    /**
     * A client that starts runs over this connection.
     */
    public ChecksClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public ChecksClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Result run(String input) {
        return runs.run(input);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Result> start(String input) {
        return runs.start(input);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Result> start(String input, UnaryOperator<StartOptions> options) {
        return runs.start(input, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Result>> startAll(Collection<? extends String> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<String> loader() {
        return runs.loader();
    }

    /**
     * What a run results in: the values of its last steps.
     *
     * @param fraud what {@code fraud()} returned
     * @param credit what {@code credit()} returned
     * @param limits what {@code limits()} returned
     */
    public record Result(Checks.Score fraud, int credit, Map<String, Checks.Score> limits) {
    }
}
