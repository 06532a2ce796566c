package dev.millrace.connection;

/**
 * Thrown when no answer came in time: the control plane cannot be reached, or its answer was lost. The message says whether
 * what was asked may have happened all the same.
 */
public final class UnavailableException extends MillraceException {
    private static final long serialVersionUID = 1L;

    public UnavailableException(String message) {
        super("UNAVAILABLE", message);
    }

    public UnavailableException(String message, Throwable cause) {
        super("UNAVAILABLE", message, cause);
    }
}
