package dev.millrace.client;

import dev.millrace.connection.MillraceException;

/** Thrown when the control plane refused an event; nothing was stored of it. {@link #code()} says why. */
public final class EventRefusedException extends MillraceException {
    private static final long serialVersionUID = 1L;

    EventRefusedException(String code, String message) {
        super(code, message);
    }
}
