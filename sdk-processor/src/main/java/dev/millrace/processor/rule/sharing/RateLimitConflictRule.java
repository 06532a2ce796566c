package dev.millrace.processor.rule.sharing;

import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.read.RateLimits;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;

/** One name, one limit. */
final class RateLimitConflictRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var all = new ArrayList<Mirror>(subject.workflow().rateLimits());
        subject.workflow().stepsAndActions().forEach(step -> all.addAll(step.rateLimits()));
        subject.workflow().stepsAndActions().forEach(step -> uses(subject, step, report));
        var first = new HashMap<String, RateLimitSpec>();
        for (var mirror : all) {
            RateLimits.of(mirror).ifPresent(limit -> {
                var other = first.putIfAbsent(limit.name(), limit);
                if (other != null && !other.equals(limit)) {
                    report.add(Problem.at(
                                    mirror.element(),
                                    mirror.annotation(),
                                    Tag.RATE_LIMIT_CONFLICT,
                                    "Rate limit \"" + limit.name() + "\" is " + text(limit) + " here and " + text(other)
                                            + " elsewhere in "
                                            + subject.workflow().label()
                                            + "; one name is one shared limit.")
                            .fix("write the same numbers, or another name."));
                }
            });
        }
    }

    /** A step takes from a bucket once, so what its class and it say of one limit is the same. */
    private static void uses(Subject subject, Method step, Report report) {
        var first = new HashMap<String, RateLimitUse>();
        for (var mirror : subject.workflow().rateLimits(step)) {
            if (RateLimits.of(mirror).isEmpty()
                    || RateLimits.cost(mirror).filter(cost -> cost < 1).isPresent()) {
                continue;
            }
            var use = RateLimits.use(mirror);
            var other = first.putIfAbsent(use.name(), use);
            if (other != null && !other.equals(use)) {
                report.add(Problem.at(
                                mirror.element(),
                                mirror.annotation(),
                                Tag.RATE_LIMIT_CONFLICT,
                                "Step " + step.label() + " takes from rate limit \"" + use.name()
                                        + "\" with two keys or costs; it takes from it once.")
                        .fix("write the same key and cost, or another name."));
            }
        }
    }

    private static String text(RateLimitSpec limit) {
        return limit.limit() + " per " + limit.period().toString().substring(2).toLowerCase(Locale.ROOT)
                + (limit.burst() == limit.limit() ? "" : " (burst " + limit.burst() + ")");
    }
}
