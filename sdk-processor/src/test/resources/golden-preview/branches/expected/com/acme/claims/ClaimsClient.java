package com.acme.claims;

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
 * Starts runs of the workflow {@code claims}, which is {@link Claims}:
 *
 * <pre>{@code
 * choose   --*
 * ask      <-+--*
 * police   --|--|--*
 * register --|--|--|--*
 * decide   <-|--?--!--!
 * invoice  <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value,
 * {@code ?} takes the value, if there is one,
 * {@code !} takes what became of it.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class ClaimsClient {
    private static final WorkflowRef<Claim, Result> WORKFLOW = new WorkflowRef<>(
            "claims",
            "f61ebfc706c9940759e84c272e0646c8",
            TypeRef.of(Claim.class),
            TypeRef.of(Result.class));

    private final RunStarter<Claim, Result> runs;

    /**
     * A client that starts runs over this connection.
     */
    public ClaimsClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public ClaimsClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Result run(Claim claim) {
        return runs.run(claim);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Result> start(Claim claim) {
        return runs.start(claim);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Result> start(Claim claim, UnaryOperator<StartOptions> options) {
        return runs.start(claim, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Result>> startAll(Collection<? extends Claim> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Claim> loader() {
        return runs.loader();
    }

    /**
     * What a run results in: the values of its last steps.
     *
     * @param decide what {@code decide()} returned
     * @param invoice what {@code invoice()} returned, if it did
     */
    public record Result(Decision decide, Optional<Invoice> invoice) {
    }
}
