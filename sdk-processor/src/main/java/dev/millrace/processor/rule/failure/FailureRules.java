package dev.millrace.processor.rule.failure;

import dev.millrace.processor.rule.Rule;
import java.util.List;

/** The rules of this room. */
public final class FailureRules {
    /** What can be said even while some types do not exist. */
    public static final List<Rule> OF_SHAPE = List.of(
            new RetriesRule(),
            new RetryConflictRule(),
            new BackoffRule(),
            new CircuitBreakerRule(),
            new RetryWarningRule());

    /** What can be said once every type is known. */
    public static final List<Rule> OF_TYPES =
            List.of(new CompensationRule(), new OnFailureRule(), new DeliveryRule(), new FallbackRule());

    private FailureRules() {}
}
