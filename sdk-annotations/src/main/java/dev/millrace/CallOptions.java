package dev.millrace;

import java.time.Duration;

/**
 * The policy of one call of {@link Durable#call}; what is not set is as the step's own. Each method returns the options
 * with the change, so that calls chain: {@code o -> o.retries(3).timeout("90s").rateLimit("openai-tpm", tokens)}.
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
}
