package com.acme.builds;

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
 * Starts runs of the workflow {@code build-watch}, which is {@link BuildWatch}:
 *
 * <pre>{@code
 * follow  --*   a loop
 * split   <-+--*
 * upload  <-|--#--*   a loop
 * confirm <-+-----+   a loop
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code #} takes each element,
 * {@code +} takes the value.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
public final class BuildWatchClient {
    private static final WorkflowRef<BuildWatch.Commit, BuildWatch.Build> WORKFLOW = new WorkflowRef<>(
            "build-watch",
            "d0518e2ff1404548cda7d29878c6c4ea",
            TypeRef.of(BuildWatch.Commit.class),
            TypeRef.of(BuildWatch.Build.class));

    private final RunStarter<BuildWatch.Commit, BuildWatch.Build> runs;

    /**
     * A client that starts runs over this connection.
     */
    public BuildWatchClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    public BuildWatchClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public BuildWatch.Build run(BuildWatch.Commit commit) {
        return runs.run(commit);
    }

    /**
     * Starts a run.
     */
    public RunHandle<BuildWatch.Build> start(BuildWatch.Commit commit) {
        return runs.start(commit);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<BuildWatch.Build> start(BuildWatch.Commit commit,
            UnaryOperator<StartOptions> options) {
        return runs.start(commit, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<BuildWatch.Build>> startAll(
            Collection<? extends BuildWatch.Commit> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<BuildWatch.Commit> loader() {
        return runs.loader();
    }
}
