package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Durations;
import dev.millrace.manifest.RateLimitSpec;
import java.math.BigInteger;
import java.util.List;

/** Compares the token buckets. Who takes from them is compared with the steps; here it is how much flows. */
final class RateLimitsDiff {
    private RateLimitsDiff() {}

    static void compare(Findings findings, List<RateLimitSpec> older, List<RateLimitSpec> newer) {
        for (var before : older) {
            for (var after : newer) {
                if (before.name().equals(after.name()) && !before.equals(after)) {
                    boolean less =
                            flow(after, before).compareTo(flow(before, after)) < 0 || after.burst() < before.burst();
                    findings.add(
                            less ? Verdict.RISKY : Verdict.SAFE,
                            "rateLimits." + before.name(),
                            "The limit went from " + show(before) + " to " + show(after)
                                    + (less ? "; tasks may wait longer for their tokens." : "."));
                }
            }
        }
    }

    /** The flow of one limit, times both periods: it compares without dividing. */
    private static BigInteger flow(RateLimitSpec limit, RateLimitSpec other) {
        return BigInteger.valueOf(limit.limit())
                .multiply(BigInteger.valueOf(other.period().toMillis()));
    }

    private static String show(RateLimitSpec limit) {
        return limit.limit() + " per " + Durations.format(limit.period()) + " (burst " + limit.burst() + ")";
    }
}
