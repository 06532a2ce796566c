package dev.millrace.client;

import dev.millrace.connection.MillraceException;

/**
 * Thrown when the control plane refused to start a run; none was started. {@link #code()} says why, for example {@code
 * WORKFLOW_NOT_FOUND}, {@code SCHEMA_MISMATCH}, {@code IDEMPOTENCY_CONFLICT} or {@code OVERLOADED}.
 */
public final class StartRefusedException extends MillraceException {
    private static final long serialVersionUID = 1L;

    /** A refusal with the control plane's code and sentence. */
    public StartRefusedException(String code, String message) {
        super(code, message);
    }
}
