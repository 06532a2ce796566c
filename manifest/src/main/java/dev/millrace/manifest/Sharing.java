package dev.millrace.manifest;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a workflow, a step or an action shares what is scarce with others of its kind.
 *
 * @param concurrency how many may go on at once; all limits hold together. Of a workflow they count runs from admission to
 *     the end, of a step or action live attempts
 * @param fairness whose turn it is among those that wait; empty for turns by age
 */
public record Sharing(List<ConcurrencySpec> concurrency, Optional<FairSpec> fairness) {

    /** No limit, turns by age. */
    public static final Sharing NONE = new Sharing(List.of(), Optional.empty());

    public Sharing {
        concurrency = List.copyOf(concurrency);
        Objects.requireNonNull(fairness, "fairness");
    }

    /** Whether there is no limit and turns are by age. */
    public boolean isNone() {
        return concurrency.isEmpty() && fairness.isEmpty();
    }

    /** Whether a part of it is said by an expression. */
    public boolean hasExpressions() {
        return fairness.isPresent()
                || concurrency.stream().anyMatch(limit -> !limit.key().isEmpty());
    }
}
