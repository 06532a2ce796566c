package dev.millrace;

import java.util.Objects;
import java.util.Optional;

/**
 * What became of another step. A step with a parameter {@code Outcome<T>} runs in any case: when its parent succeeded,
 * failed or was skipped.
 *
 * @param <T> the parent's result
 */
public sealed interface Outcome<T> {

    /** The parent returned a value. */
    record Succeeded<T>(T value) implements Outcome<T> {
        public Succeeded {
            Objects.requireNonNull(value, "value");
        }
    }

    /** The parent failed for good. */
    record Failed<T>(StepFailure failure) implements Outcome<T> {
        public Failed {
            Objects.requireNonNull(failure, "failure");
        }
    }

    /** The parent never ran: its condition did not hold, or something it needs was skipped. */
    record Skipped<T>() implements Outcome<T> {}

    /** The value, if the parent succeeded. */
    default Optional<T> toOptional() {
        return this instanceof Succeeded<T> succeeded ? Optional.of(succeeded.value()) : Optional.empty();
    }
}
