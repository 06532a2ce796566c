package dev.millrace.binding;

import dev.millrace.Priority;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What the start of a child says beside its input.
 *
 * @param idempotencyKey at most one run of the workflow is started with it
 * @param priority the class in which the child's tasks wait
 * @param metadata labels of the child, in the order given
 * @param deadline the longest the child may take; empty for the workflow's own
 */
public record ChildOptions(
        Optional<String> idempotencyKey, Priority priority, Map<String, String> metadata, Optional<Duration> deadline) {
    public ChildOptions {
        Objects.requireNonNull(idempotencyKey, "idempotencyKey");
        Objects.requireNonNull(priority, "priority");
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        Objects.requireNonNull(deadline, "deadline");
    }
}
