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
 * Starts runs of the workflow {@code signups}, which is {@link Signups}:
 *
 * <pre>{@code
 * open
 * }</pre>
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class SignupsClient {
    private static final WorkflowRef<Signup, Account> WORKFLOW = new WorkflowRef<>(
            "signups",
            "5fc69a7ca3ce04e00fbe1fd177049de8",
            TypeRef.of(Signup.class),
            TypeRef.of(Account.class));

    private final RunStarter<Signup, Account> runs;

    /**
     * A client that starts runs over this connection.
     */
    public SignupsClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public SignupsClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public Account run(Signup signup) {
        return runs.run(signup);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Account> start(Signup signup) {
        return runs.start(signup);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Account> start(Signup signup, UnaryOperator<StartOptions> options) {
        return runs.start(signup, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<Account>> startAll(Collection<? extends Signup> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Signup> loader() {
        return runs.loader();
    }
}
