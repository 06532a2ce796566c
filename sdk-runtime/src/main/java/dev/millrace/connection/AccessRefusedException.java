package dev.millrace.connection;

/**
 * Thrown when the control plane does not take the token, or the token may not do what was asked. Repeating it helps only
 * after the token or its permissions have changed.
 */
public final class AccessRefusedException extends MillraceException {
    private static final long serialVersionUID = 1L;

    public AccessRefusedException(String code, String message) {
        super(code, message);
    }
}
