package dev.millrace.processor.rule.sharing;

import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.read.RateLimits;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** A rate limit lets something through. */
final class RateLimitRule implements Rule {
    private static final long MOST = 1_000_000_000;

    @Override
    public void check(Subject subject, Report report) {
        for (var limit : subject.workflow().rateLimits()) {
            check(limit, report);
        }
        for (var method : subject.workflow().stepsAndActions()) {
            for (var limit : method.rateLimits()) {
                check(limit, report);
            }
        }
    }

    private static void check(Mirror limit, Report report) {
        cost(limit, report);
        check(limit, "limit", "lets " + limit.number("limit").orElse(0) + " through per period", report);
        check(limit, "burst", "keeps " + limit.number("burst").orElse(0) + " tokens at most", report);
    }

    private static void cost(Mirror limit, Report report) {
        var spec = RateLimits.of(limit);
        var cost = RateLimits.cost(limit).orElse(1L);
        if (spec.isPresent() && (cost < 1 || cost > spec.get().burst())) {
            report.add(Problem.at(
                            limit.element(),
                            limit.annotation(),
                            limit.written("cost").orElseThrow(),
                            Tag.BAD_RATE,
                            "An attempt takes " + cost + " tokens of rate limit \""
                                    + limit.text("value").orElse("") + "\", but its bucket holds "
                                    + spec.get().burst()
                                    + (cost < 1 ? ", and something has to be taken." : ", so it would wait for ever."))
                    .fix("write 1 to " + spec.get().burst() + ", or a larger burst."));
        }
    }

    private static void check(Mirror limit, String member, String fact, Report report) {
        var written = limit.number(member);
        if (written.isEmpty()) {
            return;
        }
        long number = written.get().longValue();
        if (number > MOST) {
            report.add(Problem.at(
                            limit.element(),
                            limit.annotation(),
                            limit.written(member).orElseThrow(),
                            Tag.BAD_RATE,
                            "Rate limit \"" + limit.text("value").orElse("") + "\" has " + member + " = " + number
                                    + ", but " + MOST + " is the most.")
                    .fix("write less, or remove the limit."));
        } else if (number < 1) {
            report.add(Problem.at(
                            limit.element(),
                            limit.annotation(),
                            limit.written(member).orElseThrow(),
                            Tag.BAD_RATE,
                            "Rate limit \"" + limit.text("value").orElse("") + "\" " + fact
                                    + ", so nothing could ever begin.")
                    .fix("write 1 or more" + (member.equals("burst") ? ", or leave it out for 'limit'." : ".")));
        }
    }
}
