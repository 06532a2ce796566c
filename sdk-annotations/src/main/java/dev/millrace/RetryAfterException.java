package dev.millrace;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Fails the attempt and says how long to wait before the next one: a provider's "429, retry after".
 *
 * <p>With the name of a rate limit, that limit is closed until then for everybody who uses it, so that others need not
 * find out for themselves. The attempt counts as one of the step's; without retries left the task fails.
 */
public class RetryAfterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");

    private final Duration delay;
    private final String rateLimit;

    /**
     * Waits before the next attempt of this task.
     *
     * @param delay how long; not negative
     */
    public RetryAfterException(Duration delay) {
        this(delay, "");
    }

    /**
     * Waits before the next attempt of this task, and closes a rate limit until then.
     *
     * @param delay how long; not negative
     * @param rateLimit the name of a {@link RateLimit} of the step; empty for none
     * @throws IllegalArgumentException if that can be no such name, as a message for people
     */
    public RetryAfterException(Duration delay, String rateLimit) {
        super(rateLimit.isEmpty() ? "Retry after " + delay + "." : "Retry after " + delay + " (" + rateLimit + ").");
        if (delay.isNegative()) {
            throw new IllegalArgumentException("The delay before a retry cannot be negative, but is " + delay + ".");
        }
        if (!rateLimit.isEmpty() && !NAME.matcher(rateLimit).matches()) {
            throw new IllegalArgumentException(
                    "\"" + rateLimit + "\" is not the name of a rate limit; it would close none.");
        }
        this.delay = delay;
        this.rateLimit = rateLimit;
    }

    /** How long to wait. */
    public Duration delay() {
        return delay;
    }

    /** The rate limit to close until then. */
    public Optional<String> rateLimit() {
        return rateLimit.isEmpty() ? Optional.empty() : Optional.of(rateLimit);
    }
}
