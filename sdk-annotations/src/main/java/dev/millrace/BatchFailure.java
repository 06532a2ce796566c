package dev.millrace;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Thrown by a {@link Batch} step some of whose tasks have failed: those fail with what they failed with, as if it had been thrown
 * for them alone, and the others succeed with their results.
 *
 * <pre>{@code
 * throw new BatchFailure(receipts, Map.of(3, new CardDeclinedException()));   // receipts.get(3) is not looked at
 * }</pre>
 *
 * <p>Whether a task is tried again is decided by its own exception: {@link NonRetryableException} and {@link RetryAfterException}
 * mean for it what they mean for any step. Immutable.
 */
public final class BatchFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<?> results;
    private final transient Map<Integer, Throwable> failures;

    /**
     * Some have failed.
     *
     * @param results one per task, in their order; what stands at the place of one that failed is not looked at, and may be null.
     *     Empty where the step returns nothing
     * @param failures by place, from 0
     * @throws IllegalArgumentException if nothing has failed, or a place is negative
     */
    public BatchFailure(List<?> results, Map<Integer, ? extends Throwable> failures) {
        super(failures.size() + (failures.size() == 1 ? " task" : " tasks") + " of a batch failed");
        if (failures.isEmpty() || failures.keySet().stream().anyMatch(place -> place < 0)) {
            throw new IllegalArgumentException("A BatchFailure names the places of what failed, each from 0, but names "
                    + failures.keySet() + ". Return the results when nothing has failed.");
        }
        this.results = Collections.unmodifiableList(new ArrayList<>(results));
        this.failures = Collections.unmodifiableMap(new TreeMap<Integer, Throwable>(failures));
        failures.values().forEach(this::addSuppressed);
    }

    /** One per task, in their order; empty where the step returns nothing. */
    public List<?> results() {
        return results;
    }

    /** What failed, and with what, by place. */
    public Map<Integer, Throwable> failures() {
        return failures;
    }
}
