package dev.millrace.worker.durable;

import java.util.Objects;

/**
 * Why an action failed for good.
 *
 * @param type class of the exception, or a code of ours
 * @param message for people
 * @param stackTrace may be empty
 */
public record ActionFailure(String type, String message, String stackTrace) {
    public ActionFailure {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(stackTrace, "stackTrace");
    }
}
