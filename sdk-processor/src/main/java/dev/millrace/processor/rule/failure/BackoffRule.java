package dev.millrace.processor.rule.failure;

import dev.millrace.manifest.Defaults;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.read.Policies;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** A backoff grows, or stays, up to its longest wait. */
final class BackoffRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            method.annotation().nested("backoff").ifPresent(backoff -> check(method, backoff, report));
        }
    }

    private static void check(Method method, Mirror backoff, Report report) {
        var multiplier = backoff.number("multiplier").map(Number::doubleValue).orElse(Defaults.BACKOFF.multiplier());
        if (!(multiplier >= 1 && multiplier <= 1000)) {
            report.add(Problem.at(
                            method.element(),
                            backoff.annotation(),
                            backoff.written("multiplier").orElseThrow(),
                            Tag.BAD_BACKOFF,
                            "The backoff multiplier of " + method.label() + " is " + multiplier
                                    + ", but must be 1 to 1000: waits do not shrink.")
                    .fix("write 1 for equal waits, 2 for doubling ones."));
        }
        var initial = Policies.duration(backoff, "initial", Defaults.BACKOFF.initial());
        var max = Policies.longestWait(backoff);
        if (max.compareTo(initial) < 0) {
            report.add(Problem.at(
                            method.element(),
                            backoff.annotation(),
                            backoff.written("max").orElseThrow(),
                            Tag.BAD_BACKOFF,
                            "The longest wait of " + method.label() + " is \""
                                    + backoff.text("max").orElse("") + "\", shorter than the first, which is \""
                                    + backoff.text("initial").orElse("1s") + "\".")
                    .fix("make max longer or initial shorter."));
        }
    }
}
