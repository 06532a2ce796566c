package dev.millrace;

import java.time.Duration;

/**
 * The policy of one call of {@link Durable#call}; what is not set is as the step's own. Each method returns the options
 * with the change, so that calls chain: {@code o -> o.retries(3).timeout("90s").rateLimit("openai-tpm", tokens)}.
 * Immutable.
 */
public interface CallOptions {

    /** How often a failed attempt is repeated. 0 to 100. */
    CallOptions retries(int retries);

    /** How long one attempt may take, as a literal such as {@code "90s"}. */
    CallOptions timeout(String timeout);

    /** How long one attempt may take. */
    CallOptions timeout(Duration timeout);

    /** The longest first wait, the factor by which it grows, and the longest wait of all. */
    CallOptions backoff(Duration initial, double multiplier, Duration max);

    /** Never retry these exceptions and their subclasses. */
    CallOptions noRetryOn(Class<? extends Throwable> type);

    /** Take this many tokens of a rate limit that the manifest has. */
    CallOptions rateLimit(String name, long cost);

    /** How often the call may run. */
    CallOptions delivery(Delivery delivery);

    /**
     * What the call depends on. Stored beside the result, so that code which comes to the same place with other arguments
     * is told so, instead of being given a result that belongs to something else. Anything that the codec can write.
     */
    CallOptions arguments(Object... arguments);

    /**
     * The call is one of the {@link Action} method that has its name: the policy is the one written there, and these are
     * the arguments. Generated facades say this; there is no need to by hand.
     *
     * @throws IllegalArgumentException if the workflow has no action of the call's name
     */
    CallOptions action(Object... arguments);
}
