package dev.millrace.expression;

import java.util.List;

/** What the expressions of a step, or those of a workflow as a whole, say about one task or run. */
public sealed interface Answer {

    /**
     * It goes ahead on these terms.
     *
     * @param concurrency one key for each concurrency limit, in the order of the manifest; empty text where a limit has no key
     * @param fairness the group that takes turns; empty for none
     * @param weight how many turns the group gets beside the others; 1 without fair turns
     * @param limitKeys one key for each use of a rate limit, in the order of the manifest; empty text where a use has no key
     * @param costs how many tokens each use takes
     * @param batch the key of a batch step; empty for none
     */
    record Ahead(
            List<String> concurrency,
            String fairness,
            double weight,
            List<String> limitKeys,
            List<Long> costs,
            String batch)
            implements Answer {
        /** What is no batch step, or one without a key. */
        public Ahead(
                List<String> concurrency, String fairness, double weight, List<String> limitKeys, List<Long> costs) {
            this(concurrency, fairness, weight, limitKeys, costs, "");
        }

        public Ahead {
            concurrency = List.copyOf(concurrency);
            limitKeys = List.copyOf(limitKeys);
            costs = List.copyOf(costs);
        }
    }

    /** Its condition does not hold. */
    record Left() implements Answer {}

    /**
     * It cannot be told.
     *
     * @param condition whether the condition is at fault; else a key, a weight or a cost is
     * @param message which expression, why, and what follows
     */
    record Untold(boolean condition, String message) implements Answer {}
}
