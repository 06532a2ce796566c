package dev.millrace.processor.rule.sharing;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** A shared limit is the same wherever it is named, and one place has each limit once. */
final class ConcurrencyRule implements Rule {
    private static final int MOST = 16;
    private static final String DEFAULT_STRATEGY = "QUEUE";

    @Override
    public void check(Subject subject, Report report) {
        var shared = new HashMap<String, Mirror>();
        var workflow = subject.workflow();
        place(workflow.annotations(Vocabulary.CONCURRENCY), workflow.label(), shared, report);
        for (var method : workflow.stepsAndActions()) {
            place(method.annotations(Vocabulary.CONCURRENCY), method.label(), shared, report);
        }
        for (var step : workflow.steps()) {
            for (var limit : step.annotations(Vocabulary.CONCURRENCY)) {
                heldByTheRun(subject, step, limit, report);
            }
        }
    }

    /** A run keeps its permits until it ends, so a step that needs the same ones may wait for its own run. */
    private static void heldByTheRun(Subject subject, Method step, Mirror limit, Report report) {
        var workflow = subject.workflow();
        boolean held = !name(limit).isEmpty()
                && workflow.annotations(Vocabulary.CONCURRENCY).stream()
                        .anyMatch(of -> name(of).equals(name(limit))
                                && key(of).equals(key(limit))
                                && described(of).equals(described(limit)));
        int most = limit.number("limit").map(Number::intValue).orElse(0);
        if (held && most == 1) {
            report.add(conflict(
                            limit,
                            "Step " + step.label() + " needs the one permit of concurrency limit \"" + name(limit)
                                    + "\", which its own run holds until it ends, so it could never begin.")
                    .fix("remove it here: while one run goes on at a time, so does one attempt of a step; or give one"
                            + " of the limits another name."));
        } else if (held && most > 1) {
            report.add(Problem.at(
                            limit.element(),
                            limit.annotation(),
                            Tag.HELD_TWICE,
                            "Each run of " + workflow.label() + " holds a permit of concurrency limit \"" + name(limit)
                                    + "\" until it ends, and its step " + step.label()
                                    + " needs a second one: when " + most
                                    + " runs go on, their steps wait for each other's runs.")
                    .fix("give one of the limits another name, or remove one of them."));
        }
    }

    private static void place(List<Mirror> limits, String where, Map<String, Mirror> shared, Report report) {
        var here = new HashSet<String>();
        for (var limit : limits) {
            var name = name(limit);
            var what = name.isEmpty()
                    ? "a limit"
                            + limit.text("key")
                                    .map(key -> " with key \"" + key + "\"")
                                    .orElse(" without a key")
                    : "limit \"" + name + "\"";
            if (!here.add(what)) {
                report.add(conflict(limit, where + " has " + what + " twice, of which the smaller one would count.")
                        .fix("remove one of them."));
            }
            var other = name.isEmpty() ? null : shared.putIfAbsent(name, limit);
            if (other != null && !described(other).equals(described(limit))) {
                report.add(conflict(
                                limit,
                                "Concurrency limit \"" + name + "\" is " + described(limit) + " here, but "
                                        + described(other) + " elsewhere in the workflow.")
                        .fix("make them equal, or give one another name."));
            }
        }
        if (limits.size() > MOST) {
            report.add(conflict(
                            limits.get(MOST),
                            where + " has " + limits.size() + " concurrency limits, but may have " + MOST + ".")
                    .fix("remove those that the others imply."));
        }
    }

    private static Problem conflict(Mirror limit, String sentence) {
        return Problem.at(limit.element(), limit.annotation(), Tag.CONCURRENCY_CONFLICT, sentence);
    }

    private static String described(Mirror limit) {
        return limit.number("limit").map(Number::intValue).orElse(0) + " with "
                + limit.constant("strategy").orElse(DEFAULT_STRATEGY);
    }

    private static String key(Mirror limit) {
        return limit.text("key").orElse("");
    }

    private static String name(Mirror limit) {
        return limit.text("name").orElse("");
    }
}
