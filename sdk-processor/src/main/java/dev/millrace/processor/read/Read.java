package dev.millrace.processor.read;

import java.util.Objects;
import java.util.Optional;

/** A literal, read: its value, or the sentence that says why it has none, and what to write instead. */
public sealed interface Read<T> {

    /** The literal means this. */
    record Value<T>(T value) implements Read<T> {
        public Value {
            Objects.requireNonNull(value, "value");
        }
    }

    /** The literal means nothing. */
    record Wrong<T>(String sentence, String fix) implements Read<T> {
        public Wrong {
            Objects.requireNonNull(sentence, "sentence");
            Objects.requireNonNull(fix, "fix");
        }
    }

    /** The value, if there is one. */
    default Optional<T> asOptional() {
        return this instanceof Value<T> read ? Optional.of(read.value()) : Optional.empty();
    }
}
