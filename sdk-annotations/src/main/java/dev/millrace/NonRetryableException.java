package dev.millrace;

/**
 * Fails the task at once: no attempt follows, whatever the step's policy says. It counts however deeply another
 * exception wraps it.
 *
 * <pre>{@code
 * if (card.expired()) {
 *   throw new NonRetryableException("The card expired in " + card.expiry() + ".");
 * }
 * }</pre>
 */
public class NonRetryableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public NonRetryableException(String message) {
        super(message);
    }

    public NonRetryableException(String message, Throwable cause) {
        super(message, cause);
    }
}
