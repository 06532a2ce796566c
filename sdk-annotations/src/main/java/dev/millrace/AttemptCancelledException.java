package dev.millrace;

/**
 * Thrown by {@link StepContext#throwIfCancelled()} when nobody waits for the attempt any more. Let it pass: what the
 * method returns or throws is ignored then.
 */
public final class AttemptCancelledException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public AttemptCancelledException(String message) {
        super(message);
    }
}
