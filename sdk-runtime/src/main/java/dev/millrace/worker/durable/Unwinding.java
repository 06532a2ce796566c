package dev.millrace.worker.durable;

/**
 * Takes durable code off its thread. An {@code Error}, because code that handles its exceptions must not handle this one: what it did
 * next would not be stored, and would be done again.
 */
final class Unwinding extends Error {
    private static final long serialVersionUID = 1L;

    Unwinding(String message) {
        super(message, null, false, false);
    }
}
