import dev.millrace.Durable;
import dev.millrace.TypeRef;
import dev.millrace.binding.WorkflowRef;
import dev.millrace.client.Millrace;
import dev.millrace.client.RunHandle;
import dev.millrace.client.RunStarter;
import dev.millrace.client.StartOptions;
import java.util.function.UnaryOperator;
import javax.annotation.processing.Generated;

/**
 * Starts runs of the workflow {@code nightly}, which is {@link Nightly}:
 *
 * <pre>{@code
 * clean  --*
 * report <-:
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code :} runs after it.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
@SuppressWarnings({"deprecation", "removal"})
public final class NightlyClient {
    private static final WorkflowRef<Void, Void> WORKFLOW = new WorkflowRef<>(
            "nightly",
            "685e1fe2c3e534e35aa987acde7a0263",
            TypeRef.of(Void.class),
            TypeRef.of(Void.class));

    private final RunStarter<Void, Void> runs;

    /**
     * A client that starts runs over this connection.
     */
    public NightlyClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public NightlyClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public void run() {
        runs.run(null);
    }

    /**
     * Starts a run.
     */
    public RunHandle<Void> start() {
        return runs.start(null);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<Void> start(UnaryOperator<StartOptions> options) {
        return runs.start(null, options);
    }
}
