package dev.millrace;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Makes a step durable: plain code whose named actions are stored, so that it can leave the worker while it waits and go
 * on where it was, on any worker, after any crash.
 *
 * <p>The whole rule: branch only on inputs and on stored values; what is stored is never repeated. Everything that comes
 * from outside (time, chance, other systems) is asked for through this object. The n-th action of a name is its own
 * checkpoint, so loops need nothing special.
 *
 * <p>While the step waits it holds no thread, slot or memory on a worker. Leaving is done by throwing an {@code Error}:
 * do not catch {@code Throwable} around these calls, and keep effects out of {@code finally}. Code that asks for another
 * action than the one that is stored at its place fails with an error that shows both.
 *
 * <p>A step takes one {@code Durable} at most, and then returns its value as it is, neither as a stage nor as a
 * {@link Loop}; a step with {@link Each} has one per element. Its {@link Step#timeout()} counts all its time, waits
 * included; without one it may go on until the run's deadline, about which the compiler warns.
 *
 * <p>Use it on the thread that the step was called on.
 */
public interface Durable {

    /** The attempt this code runs in. */
    StepContext context();

    /**
     * Runs an action on this worker, and stores its result under the name. If it fails it is repeated as the options say;
     * {@code Void} stands for an action without a result, which returns {@code null}.
     *
     * @throws ActionFailedException if it failed for good; stored too, so code may go another way then
     */
    default <T> T call(String name, Class<T> type, Callable<T> action) {
        return call(name, TypeRef.of(type), action, options -> options);
    }

    /** Runs an action on this worker with a policy of its own, and stores its result under the name. */
    default <T> T call(String name, Class<T> type, Callable<T> action, UnaryOperator<CallOptions> options) {
        return call(name, TypeRef.of(type), action, options);
    }

    /** As the others, for a result with type arguments: {@code new TypeRef<List<Chunk>>() {}}. */
    <T> T call(String name, TypeRef<T> type, Callable<T> action, UnaryOperator<CallOptions> options);

    /** Begins an action that goes on beside the rest of the code. */
    <T> Pending<T> fork(String name, TypeRef<T> type, Callable<T> action, UnaryOperator<CallOptions> options);

    /** Waits. */
    void sleep(Duration duration);

    /** Waits until then; not at all if that has passed. */
    void sleepUntil(Instant instant);

    /** Waits for an event of that name; empty when the time is up. */
    default <T> Optional<T> event(String name, Class<T> type, Duration timeout) {
        return event(name, type, Where.where("true"), timeout);
    }

    /**
     * Waits for an event of that name for which the condition holds; empty when the time is up. It listens from the run's start: an event
     * that was published since then, and that this step has not had yet, is there already.
     *
     * @param name also the name of the checkpoint
     * @throws ActionFailedException with code {@code EXPRESSION_INVALID} if the condition is no CEL or names what there is not
     * @throws NonRetryableException if the event is not of that type
     */
    default <T> Optional<T> event(String name, Class<T> type, Where where, Duration timeout) {
        return this.<T>expectEvent(name, type, where, timeout).join();
    }

    /** Begins to wait for an event, beside other things: {@code durable.anyOf(paid, cancelled)}. */
    <T> Pending<Optional<T>> expectEvent(String name, Class<T> type, Where where, Duration timeout);

    /**
     * Waits for a signal to this run; empty when the time is up. One that was sent before is there already: signals of a name are
     * taken in the order in which they were sent, each once.
     *
     * @param name also the name of the checkpoint
     * @throws NonRetryableException if the signal is not of that type
     */
    default <T> Optional<T> signal(String name, Class<T> type, Duration timeout) {
        return this.<T>expectSignal(name, type, timeout).join();
    }

    /** Begins to wait for a signal, beside other things: {@code durable.anyOf(signal, event)}. */
    <T> Pending<Optional<T>> expectSignal(String name, Class<T> type, Duration timeout);

    /**
     * Answers a signal that has come, once: whoever sent it with {@code handle.request(…)} gets this. The answer is stored, and the same in
     * every repetition. A signal that nobody wants an answer to may be answered too.
     *
     * @param signal from {@link #expectSignal}, joined
     * @param reply is written as JSON
     * @throws IllegalArgumentException if it is no signal that has come to this step
     * @throws IllegalStateException if the step has answered it already
     */
    void answer(Pending<? extends Optional<?>> signal, Object reply);

    /**
     * Asks people, who answer over the API or on the command line; empty when the time is up, or somebody lets the run go on without. An
     * answer is held against the fields of the type before it is taken; the first counts.
     *
     * @param role who is to answer; also the name of the checkpoint
     */
    default <T> Optional<T> approval(String role, Class<T> type, Duration timeout) {
        return this.<T>expectApproval(role, type, timeout).join();
    }

    /** Begins to ask people, beside other things. */
    <T> Pending<Optional<T>> expectApproval(String role, Class<T> type, Duration timeout);

    /**
     * Asks people, and others when those have not answered for a time.
     *
     * @throws IllegalArgumentException if the escalation comes when the time is up already
     */
    default <T> Optional<T> approval(String role, Class<T> type, Duration timeout, Escalation escalation) {
        return this.<T>expectApproval(role, type, timeout, escalation).join();
    }

    /** Begins to ask people, and others when those have not answered for a time. */
    <T> Pending<Optional<T>> expectApproval(String role, Class<T> type, Duration timeout, Escalation escalation);

    /**
     * Starts one thing per element, and waits for all: {@code durable.all(plan.queries(), search::start)}. The results are
     * in the order of the elements.
     *
     * @throws RuntimeException if one of them failed, once all have ended
     */
    <E, T> List<T> all(Collection<E> elements, Function<? super E, ? extends Pending<T>> start);

    /** As {@link #all}, but failures are values too. */
    <E, T> List<Outcome<T>> settled(Collection<E> elements, Function<? super E, ? extends Pending<T>> start);

    /**
     * Waits until all of them are done, however they end, and reads nothing of what they resulted in: {@code join()} does, of children a page
     * at a time. So code that takes one result after the other never has those of thousands of children in memory, as {@link #all} has,
     * which returns them.
     *
     * @throws IllegalArgumentException if one of them was not begun by this {@code Durable}
     */
    void awaitAll(Collection<? extends Pending<?>> pending);

    /** Waits for the first of them that is done; the others go on. */
    <T> Pending<T> anyOf(Collection<? extends Pending<T>> pending);

    /** As the other one, for things with different answers: what it returns is one of those that it was given. */
    default Pending<?> anyOf(Pending<?> first, Pending<?>... more) {
        var all = new ArrayList<Pending<Object>>();
        all.add(untyped(first));
        for (var each : more) {
            all.add(untyped(each));
        }
        return anyOf(all);
    }

    @SuppressWarnings("unchecked")
    private static Pending<Object> untyped(Pending<?> pending) {
        return (Pending<Object>) pending;
    }

    /** The time, stored: the same in every repetition. */
    Instant now();

    /** A random number from 0 (inclusive) to 1 (exclusive), stored. */
    double random();

    /** A random id, stored. */
    UUID uuid();

    /**
     * Shows whoever asks how far the step is: {@code handle.state(Progress.class)}, {@code GET /api/v1/runs/{runId}/state}. The newest
     * takes the place of the one before, and stays when the step leaves its worker and when it has ended. It is stored without being
     * waited for, but for the one before. Is no checkpoint: code may show other things after a change.
     *
     * @param state is written as JSON, of at most 64 KiB
     * @throws IllegalArgumentException if it is larger
     */
    void state(Object state);

    /**
     * Lets the run begin anew with another input, for loops without an end: {@code return durable.restart(next);}. It keeps its id, those
     * who wait for its end, its idempotency key, and the signals and events that nobody has taken yet; checkpoints and history are dropped,
     * and all steps run again, as the next generation of the run. What was done stays done: no later failure undoes it. The workflow's
     * timeout and its budgets begin anew; a deadline that the start gave counts for all of it.
     *
     * <p>Actions that go on are waited for first; children that were not waited for go on. The step fails for good with {@code
     * SCHEMA_MISMATCH} where the input does not fit, and with {@code RESTART_REFUSED} where other steps may go on beside it.
     *
     * @param newInput the workflow's next input, is written as JSON
     * @return never
     */
    <T> T restart(Object newInput);

    /**
     * Marks a change of the code: runs that passed here before it get {@code min}, runs that come here first get {@code
     * max}; branch on it.
     *
     * @param change a name for the change
     */
    int version(String change, int min, int max);
}
