package dev.millrace.engine;

import java.util.List;
import java.util.Objects;

/**
 * What the turn of one task or run depends on beside its manifest: the values of the expressions that the manifest has for it. The
 * edge evaluates them and facts carry them, so that a recovery never evaluates again.
 *
 * @param concurrency one key for each concurrency limit, in the order of the manifest; empty text where a limit has no key
 * @param fairness the group that takes turns; empty for none
 * @param weight how many turns the group gets beside the others; greater than 0
 * @param limitKeys one key for each use of a rate limit, in the order of the manifest; empty text where a use has no key
 * @param costs how many tokens each use takes; at least 1
 * @param batch the key of a batch step: only tasks of equal key share a call; empty for none
 */
public record Terms(
        List<String> concurrency,
        String fairness,
        double weight,
        List<String> limitKeys,
        List<Long> costs,
        String batch) {

    /** Of what has no expressions: what the manifest says holds as it stands. */
    public static final Terms NONE = new Terms(List.of(), "", 1, List.of(), List.of());

    /** Of what is no batch step, or one without a key. */
    public Terms(List<String> concurrency, String fairness, double weight, List<String> limitKeys, List<Long> costs) {
        this(concurrency, fairness, weight, limitKeys, costs, "");
    }

    public Terms {
        Objects.requireNonNull(batch, "batch");
        concurrency = List.copyOf(concurrency);
        limitKeys = List.copyOf(limitKeys);
        costs = List.copyOf(costs);
        if (!(weight > 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("A weight is greater than 0 and finite, but is " + weight + ".");
        }
        if (limitKeys.size() != costs.size()) {
            throw new IllegalArgumentException("There are " + limitKeys.size() + " keys of rate limits and "
                    + costs.size() + " costs; each use has one of both.");
        }
        for (long cost : costs) {
            if (cost < 1) {
                throw new IllegalArgumentException("A cost is at least 1, but is " + cost + ".");
            }
        }
    }
}
