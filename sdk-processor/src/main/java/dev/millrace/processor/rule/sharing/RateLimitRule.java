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
        subject.workflow().rateLimits().forEach(limit -> check(limit, report));
        subject.workflow().stepsAndActions().forEach(step -> step.rateLimits().forEach(limit -> check(limit, report)));
    }

    private static void check(Mirror limit, Report report) {
        cost(limit, report);
        check(limit, "limit", "lets " + limit.number("limit").orElse(0) + " through per period", report);
        check(limit, "burst", "keeps " + limit.number("burst").orElse(0) + " tokens at most", report);
    }

    private static void cost(Mirror limit, Report report) {
        var spec = RateLimits.of(limit);
        RateLimits.cost(limit)
                .filter(cost -> spec.isPresent())
                .filter(cost -> cost < 1 || cost > spec.get().burst())
                .ifPresent(cost -> report.add(Problem.at(
                                limit.element(),
                                limit.annotation(),
                                limit.written("cost").orElseThrow(),
                                Tag.BAD_RATE,
                                "An attempt takes " + cost + " tokens of rate limit \""
                                        + limit.text("value").orElse("") + "\", but its bucket holds "
                                        + spec.get().burst()
                                        + (cost < 1
                                                ? ", and something has to be taken."
                                                : ", so it would wait for ever."))
                        .fix("write 1 to " + spec.get().burst() + ", or a larger burst.")));
    }

    private static void check(Mirror limit, String member, String fact, Report report) {
        var number = limit.number(member).map(Number::longValue);
        if (number.filter(value -> value > MOST).isPresent()) {
            report.add(Problem.at(
                            limit.element(),
                            limit.annotation(),
                            limit.written(member).orElseThrow(),
                            Tag.BAD_RATE,
                            "Rate limit \"" + limit.text("value").orElse("") + "\" has " + member + " = " + number.get()
                                    + ", but " + MOST + " is the most.")
                    .fix("write less, or remove the limit."));
        }
        if (number.filter(value -> value < 1).isPresent()) {
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
