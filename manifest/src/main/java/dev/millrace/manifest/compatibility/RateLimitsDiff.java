package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Durations;
import dev.millrace.manifest.RateLimitSpec;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Compares the token buckets. Who takes from them is compared with the steps; here it is how much flows. */
final class RateLimitsDiff {
    private RateLimitsDiff() {}

    static void compare(Findings findings, List<RateLimitSpec> older, List<RateLimitSpec> newer) {
        var before = byName(older);
        var after = byName(newer);
        for (var limit : older) {
            var path = "rateLimits." + limit.name();
            if (!after.containsKey(limit.name())) {
                findings.add(Verdict.SAFE, path, "The limit of " + show(limit) + " is gone.");
            } else if (!after.get(limit.name()).equals(limit)) {
                changed(findings, path, limit, after.get(limit.name()));
            }
        }
        for (var limit : newer) {
            if (!before.containsKey(limit.name())) {
                findings.add(Verdict.SAFE, "rateLimits." + limit.name(), "The limit of " + show(limit) + " is new.");
            }
        }
    }

    private static Map<String, RateLimitSpec> byName(List<RateLimitSpec> limits) {
        return limits.stream().collect(Collectors.toMap(RateLimitSpec::name, Function.identity(), (one, same) -> one));
    }

    private static void changed(Findings findings, String path, RateLimitSpec before, RateLimitSpec after) {
        boolean less = scaled(after.limit(), before.period()).compareTo(scaled(before.limit(), after.period())) < 0
                || after.burst() < before.burst();
        findings.add(
                less ? Verdict.RISKY : Verdict.SAFE,
                path,
                "The limit went from " + show(before) + " to " + show(after)
                        + (less ? "; tasks may wait longer for their tokens." : "."));
    }

    /** A count times a period: rates are compared by the other one's period, without dividing. */
    static BigInteger scaled(long count, Duration period) {
        return BigInteger.valueOf(count)
                .multiply(BigInteger.valueOf(period.getSeconds())
                        .multiply(BigInteger.valueOf(1_000_000_000))
                        .add(BigInteger.valueOf(period.getNano())));
    }

    /** A rate in words. */
    static String rate(long count, Duration period) {
        return count + " per " + Durations.format(period);
    }

    private static String show(RateLimitSpec limit) {
        return rate(limit.limit(), limit.period()) + " (burst " + limit.burst() + ")";
    }
}
