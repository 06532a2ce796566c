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
 * @param priority the class in which the child's tasks wait; empty for that of its parent
 * @param metadata labels of the child beside those of its parent, in the order given
 * @param deadline the longest the child may take; empty for the workflow's own
 * @param abandoned whether the child goes on when the step that starts it ends without success; else it is cancelled then
 */
public record ChildOptions(
        Optional<Priority> priority, Map<String, String> metadata, Optional<Duration> deadline, boolean abandoned) {
    public ChildOptions {
        Objects.requireNonNull(priority, "priority");
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        Objects.requireNonNull(deadline, "deadline");
    }
}
