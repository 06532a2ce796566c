package dev.millrace.connection;

import java.util.Objects;

/**
 * What the SDK throws: one sentence that says what happened and what to do, and a stable code to branch on. Its subclasses
 * say more.
 */
public class MillraceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    public MillraceException(String code, String message) {
        super(message);
        this.code = Objects.requireNonNull(code, "code");
    }

    public MillraceException(String code, String message, Throwable cause) {
        super(message, cause);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** The stable code, such as {@code UNAVAILABLE}; the control plane's own where it refused something. */
    public final String code() {
        return code;
    }
}
