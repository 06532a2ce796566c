package dev.millrace.worker.durable;

import java.util.Objects;
import java.util.Optional;

/**
 * What a child resulted in.
 *
 * @param json empty for none
 * @param problem why it cannot be read; empty if it can
 */
record ChildResult(byte[] json, Optional<String> problem) {
    ChildResult {
        Objects.requireNonNull(json, "json");
        Objects.requireNonNull(problem, "problem");
    }
}
