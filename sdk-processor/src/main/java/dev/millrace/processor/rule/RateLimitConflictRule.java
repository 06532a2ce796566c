package dev.millrace.processor.rule;

import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.read.RateLimits;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Locale;

/** One name, one limit. */
final class RateLimitConflictRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var all = new ArrayList<Mirror>(subject.workflow().rateLimits());
        subject.workflow().stepsAndActions().forEach(step -> all.addAll(step.rateLimits()));
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

    private static String text(RateLimitSpec limit) {
        return limit.limit() + " per " + limit.period().toString().substring(2).toLowerCase(Locale.ROOT)
                + (limit.burst() == limit.limit() ? "" : " (burst " + limit.burst() + ")");
    }
}
