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
 * Starts runs of the workflow {@code bookings.v2}, which is {@link Bookings}:
 *
 * <pre>{@code
 * enrich-trip --*
 * seats       <-+--*
 * price       <-:--+--*
 * confirm     <-*--+--+
 * notifyGuest <-:--:
 * audit       <-+
 * }</pre>
 *
 * <p>A line begins at the step that others wait for;
 * {@code +} takes the value,
 * {@code :} runs after it.
 *
 * <p>Thread-safe; make one and keep it.
 */
@Generated("dev.millrace.processor.MillraceProcessor")
final class BookingsClient {
    private static final WorkflowRef<Bookings.Trip, boolean[]> WORKFLOW = new WorkflowRef<>(
            "bookings.v2",
            "272222d6b938f0b64a448c52a082cdbd",
            TypeRef.of(Bookings.Trip.class),
            TypeRef.of(boolean[].class));

    private final RunStarter<Bookings.Trip, boolean[]> runs;

    /**
     * A client that starts runs over this connection.
     */
    BookingsClient(Millrace millrace) {
        this.runs = millrace.workflow(WORKFLOW);
    }

    /**
     * A client for durable code: the runs it starts are children of the run that the code belongs to.
     */
    BookingsClient(Durable durable) {
        this.runs = RunStarter.within(durable, WORKFLOW);
    }

    /**
     * Starts a run and waits for its result.
     */
    public boolean[] run(Bookings.Trip trip) {
        return runs.run(trip);
    }

    /**
     * Starts a run.
     */
    public RunHandle<boolean[]> start(Bookings.Trip trip) {
        return runs.start(trip);
    }

    /**
     * Starts a run with options of its own.
     */
    public RunHandle<boolean[]> start(Bookings.Trip trip, UnaryOperator<StartOptions> options) {
        return runs.start(trip, options);
    }

    /**
     * Starts a run for each input; the handles are in the order of the inputs.
     */
    public List<RunHandle<boolean[]>> startAll(Collection<? extends Bookings.Trip> inputs) {
        return runs.startAll(inputs);
    }

    /**
     * Starts runs for any number of inputs without keeping them.
     */
    public RunLoader<Bookings.Trip> loader() {
        return runs.loader();
    }
}
