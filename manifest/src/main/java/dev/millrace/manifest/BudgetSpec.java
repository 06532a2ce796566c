package dev.millrace.manifest;

import java.util.Objects;

/**
 * How much one run may spend of something that its steps report as usage.
 *
 * @param name name of the usage, such as {@code openai.tokens}; a workflow has one budget for each
 * @param limit the most that one run may use, above 0 and at most {@value #MOST}
 * @param exceeded what happens to a run that would use more
 */
public record BudgetSpec(String name, double limit, BudgetExceeded exceeded) {

    /** The highest limit: up to here whole numbers are exact in a {@code double}. */
    public static final double MOST = 1e15;

    public BudgetSpec {
        Names.requireName("name", "budget", name);
        if (!(limit > 0) || limit > MOST) {
            throw new InvalidManifestException(
                    "limit", "Budget '" + name + "' must be above 0 and at most 1e15, but is " + limit + ".");
        }
        Objects.requireNonNull(exceeded, "exceeded");
    }
}
