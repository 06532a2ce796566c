package com.acme;

import dev.millrace.TypeRef;
import dev.millrace.binding.WorkflowRef;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import dev.millrace.client.StartOptions;
import dev.millrace.client.WorkflowClient;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import javax.annotation.processing.Generated;

/**
 * Starts runs of the workflow {@code checks}, which is {@link Checks}:
 *
 * <pre>
 * fraud
 * credit
 * limits
 * log     after fraud
 * </pre>
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class ChecksClient {
    private static final WorkflowRef<String, ChecksResult> WORKFLOW = new WorkflowRef<>(
            "checks",
            "eb62ce26433163ea39a81742db5516c5",
            TypeRef.of(String.class),
            TypeRef.of(ChecksResult.class));

    private final WorkflowClient<String, ChecksResult> runs;

    /**
     * A client that starts runs over this connection.
     */
    public ChecksClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public ChecksResult run(String input) {
        return runs.run(input);
    }

    /**
     * Starts a run.
     */
    public RunHandle<ChecksResult> start(String input) {
        return runs.start(input);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<ChecksResult> start(String input, UnaryOperator<StartOptions> options) {
        return runs.start(input, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<ChecksResult>> startAll(Collection<? extends String> inputs) {
        return runs.startAll(inputs);
    }
}
