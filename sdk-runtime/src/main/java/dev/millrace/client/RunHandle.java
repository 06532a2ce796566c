package dev.millrace.client;

import dev.millrace.Pending;
import dev.millrace.TypeRef;
import dev.millrace.rest.model.RunState;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * One run that has been started. It goes on whether or not anybody holds its handle; {@link WorkflowClient#get} makes
 * another one from the id. Safe for use by many threads.
 *
 * <p>A run that durable code started as a child is different in one way: what that code learns of it must be stored, so
 * its handle can be joined, and asked for its id, and nothing else; and it belongs to the thread of the step.
 *
 * @param <R> what the run results in; {@code Void} for a workflow without result
 */
public abstract sealed class RunHandle<R> implements Pending<R> permits StartedRun, ChildRun {

    RunHandle() {}

    /** The id of the run: a UUID of version 7. */
    public abstract String id();

    /** Whether the run has ended, as far as is known here. */
    @Override
    public abstract boolean isDone();

    /**
     * As {@link #result()}: waits for the result. In durable code it waits without holding a worker, as long as the run
     * takes.
     */
    @Override
    public abstract R join();

    /**
     * Waits for the result.
     *
     * @param limit how long to wait; the run itself is not affected by it
     * @return the result; {@code null} for a workflow without one
     * @throws RunFailedException if a step failed for good
     * @throws RunCancelledException if somebody cancelled the run
     * @throws RunTimedOutException if the run's own deadline passed
     * @throws ResultTimeoutException if the run has not ended within the limit
     */
    public abstract R result(Duration limit);

    /** Waits for the result as long as {@link Millrace.Builder#resultTimeout} says, 5 minutes by default. */
    public abstract R result();

    /**
     * Waits for the end, however the run ends.
     *
     * @param limit how long to wait; the run itself is not affected by it
     * @throws ResultTimeoutException if the run has not ended within the limit
     */
    public abstract RunEnd<R> await(Duration limit);

    /**
     * The end of the run as a stage that completes when it comes, however the run ends. It completes exceptionally only if
     * the run cannot be followed: because it is unknown, the token is refused, or this process closed its {@link Millrace}.
     * What depends on it runs on threads of this {@link Millrace} and may block.
     */
    public abstract CompletionStage<RunEnd<R>> ended();

    /**
     * Asks for the run to be cancelled: its live attempts are stopped and what it did is compensated. Returns as soon as
     * that is stored; the run ends later.
     *
     * @param reason for whoever reads the history later; 1 to 1000 characters
     * @return whether the run will be cancelled; false if it had ended already
     */
    public abstract boolean cancel(String reason);

    /**
     * Sends the run a signal, which a durable step of it takes with {@link dev.millrace.Durable#signal}. Returns once it is stored; it is
     * sent again until then, and comes once.
     *
     * @param name what the step waits for, 1 to 200 characters
     * @param data what it is given; must have the type that the step expects
     * @throws dev.millrace.connection.MillraceException with code {@code RUN_FINISHED} if the run has ended, {@code SIGNAL_LIMIT} if it
     *     keeps too many signals that no step has taken
     * @throws dev.millrace.connection.UnavailableException if the control plane did not answer in time; the signal may be stored all the
     *     same
     */
    public final void signal(String name, Object data) {
        signal(name, data, UUID.randomUUID().toString());
    }

    /**
     * As {@link #signal(String, Object)}, for a signal that has an id of its own.
     *
     * @param requestId of several signals with this id the run gets one; 1 to 200 characters
     * @return false if the run had it before
     */
    public abstract boolean signal(String name, Object data, String requestId);

    /**
     * Sends the run a signal and waits for what the step that takes it answers with {@link dev.millrace.Durable#answer}. The signal comes
     * once, and is answered once. Does not wait longer than the limit, whatever becomes of the run.
     *
     * @param limit how long to wait
     * @throws AnswerTimeoutException if there was no answer within the limit; the run has the signal, and may answer it yet
     * @throws dev.millrace.connection.MillraceException with code {@code RUN_FINISHED} if the run ends, or has ended, without an answer;
     *     {@code RUN_NOT_FOUND}; and as {@link #signal(String, Object)}
     */
    public final <T> T request(String name, Object data, Class<T> reply, Duration limit) {
        return request(name, data, reply, limit, UUID.randomUUID().toString());
    }

    /**
     * As the other one, for a signal that has an id of its own: whoever asks again with it waits for the same answer, and gets it also
     * after it was given.
     */
    public abstract <T> T request(String name, Object data, Class<T> reply, Duration limit, String requestId);

    /** The state that the run is in now. */
    public abstract RunState state();

    /**
     * What a durable step of the run shows of itself with {@link dev.millrace.Durable#state}: as it is stored, also while the step is
     * on no worker and after its end. Empty as long as none has shown anything.
     *
     * @throws IllegalStateException if several steps show something: name one
     */
    public abstract <T> Optional<T> state(Class<T> type);

    /** As {@link #state(Class)}, of the step with this name; of a step with several tasks that of the first that shows something. */
    public abstract <T> Optional<T> state(String step, Class<T> type);

    /**
     * What the steps of the run emit with their {@link dev.millrace.Emitter}, from the start: also what was emitted before, and after the
     * run has ended. To be closed.
     */
    public final <T> RunItems<T> stream(Class<T> type) {
        return stream(TypeRef.of(type), UnaryOperator.identity());
    }

    /** As {@link #stream(Class)}, with options of its own: {@code run.stream(Delta.class, o -> o.step("write"))}. */
    public final <T> RunItems<T> stream(Class<T> type, UnaryOperator<StreamOptions> options) {
        return stream(TypeRef.of(type), options);
    }

    /** As the others, for items of a type with arguments. */
    public abstract <T> RunItems<T> stream(TypeRef<T> type, UnaryOperator<StreamOptions> options);

    @Override
    public String toString() {
        return "run " + id();
    }
}
