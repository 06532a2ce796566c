package dev.millrace;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a step may know about the attempt it runs in, and tell about it. A method that declares it as a parameter is
 * given it; the caller of the workflow never sees it.
 *
 * <p>Valid while the attempt runs. Safe for use by many threads. In a unit test, pass an implementation of your own or
 * the one of {@code sdk-testing}.
 */
public interface StepContext {

    /** The id of the run: a UUID of version 7 in its canonical form. */
    String runId();

    /** The name of the workflow. */
    String workflow();

    /** The name of the step. */
    String step();

    /** The number of the attempt, from 1. */
    int attempt();

    /** The position of the element that a mapped step works on, from 0; empty for every other step. */
    OptionalInt element();

    /** The number of the turn that a {@link Loop} is in, from 1; empty for every other step. */
    default OptionalInt turn() {
        return OptionalInt.empty();
    }

    /** The labels of the run: the workflow's own and those its starter gave. */
    Map<String, String> metadata();

    /**
     * A key that is the same for all attempts of this task, or of this turn of a {@link Loop}, and different for every other: hand it to a payment
     * provider or store it with an effect, and a repeated attempt does no harm. At most 128 printable ASCII characters.
     */
    String idempotencyKey();

    /** The instant at which this attempt times out, by the worker's clock; later once {@link #extendTimeout} had its effect. */
    Instant deadline();

    /**
     * Asks for more time: the attempt then times out so long from now, or when it would have anyway, whichever is later.
     * Returns at once; {@link #deadline()} changes when the control plane has stored it. Ask well before the deadline, and
     * again as the work goes on.
     *
     * @param fromNow how long the attempt may still take; at least a millisecond
     * @throws IllegalArgumentException if it is shorter
     */
    void extendTimeout(Duration fromNow);

    /**
     * Gives the slots of this attempt back, so that the worker may be handed others, while the attempt goes on: for work that only
     * waits for somebody else from here on. Returns at once. The attempt stays live in every other way: it has its timeout, is
     * cancelled with its run, keeps its permits, and is given to another worker if this one is lost. The next attempt takes slots
     * again. Doing it twice is the same as doing it once.
     */
    void releaseSlot();

    /**
     * Whether nobody waits for this attempt any more: the run was cancelled or timed out, or another worker took over. The
     * thread is interrupted too; code that does not block asks here.
     */
    boolean isCancelled();

    /**
     * Ends the attempt if nobody waits for it any more.
     *
     * @throws AttemptCancelledException if {@link #isCancelled()}
     */
    void throwIfCancelled();

    /**
     * Records that this attempt used something: tokens, cents, bytes. Amounts of one name add up, per attempt, run,
     * workflow, service and tenant, whether or not the attempt succeeds, and are held against the workflow's {@link Budget}s.
     *
     * <p>What is recorded travels with the end of the attempt, and about every two seconds while it goes on. If the worker is
     * lost, what it had not reported is lost with it. In durable code, call it inside an action: code outside is repeated in
     * every attempt, and so is what it records.
     *
     * @param name what was used, such as {@code openai.tokens}; 1 to 64 characters. An attempt may use 50 names, and so may a
     *     run
     * @param amount how much more; zero or more
     * @throws IllegalArgumentException if the name is empty or too long or one too many, or the amount is negative
     * @throws IllegalStateException if the attempt has ended
     */
    void usage(String name, long amount);

    /**
     * Says how many tokens of a rate limit this attempt really took, where its {@link RateLimit#cost()} was an estimate: what
     * is left over goes back, what is missing is taken, and then the limit may owe tokens for a time. The last call of an
     * attempt holds; without one the estimate stands. It travels as {@link #usage} does.
     *
     * @param rateLimit the name of a rate limit of this step
     * @param actual how many in all; zero or more
     * @throws IllegalArgumentException if the step has no such rate limit, or the number is negative
     * @throws IllegalStateException if the attempt has ended
     */
    void settle(String rateLimit, long actual);

    /** Adds a line to the log of this attempt, at level {@code INFO}. */
    default void log(String message) {
        log(System.Logger.Level.INFO, message);
    }

    /**
     * Adds a line to the log of this attempt, which people read beside the run. Lines are cut and rate-limited by the
     * control plane; they never slow the step down.
     */
    void log(System.Logger.Level level, String message);
}
