package dev.millrace.processor.rule.literal;

import dev.millrace.manifest.BudgetSpec;
import dev.millrace.manifest.CircuitBreakerSpec;
import dev.millrace.manifest.placement.LabelPreference;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.math.BigDecimal;
import java.util.List;

/** Numbers of annotations are such that something can go on, and within what the control plane takes. */
final class RangeRule implements Rule {
    private static final int MOST_TOGETHER = 10_000;

    /**
     * What a number may be.
     *
     * @param above whether the number has to be above the least, and not only equal
     */
    private record Range(String annotation, String member, double least, boolean above, double most, String fix) {
        boolean holds(double number) {
            return (above ? number > least : number >= least) && number <= most;
        }

        String text() {
            return (above
                    ? "above " + number(least) + " and at most " + number(most)
                    : number(least) + " to " + number(most));
        }
    }

    private static final List<Range> RANGES = List.of(
            new Range(
                    Vocabulary.CONCURRENCY,
                    "limit",
                    1,
                    false,
                    Integer.MAX_VALUE,
                    "write how many may go on at once; 1 for one after the other."),
            new Range(
                    Vocabulary.PREFERS,
                    "weight",
                    1,
                    false,
                    LabelPreference.MOST_WEIGHT,
                    "write how much it counts beside the other preferences, or leave it out for 1."),
            new Range(
                    Vocabulary.THROTTLE,
                    "limit",
                    1,
                    false,
                    Integer.MAX_VALUE,
                    "write how many starts a period admits, or remove @Throttle."),
            new Range(
                    Vocabulary.COLLECT,
                    "maxSize",
                    2,
                    false,
                    MOST_TOGETHER,
                    "write how many starts make one run at most; a run for each is what there is without @Collect."),
            new Range(
                    Vocabulary.BATCH,
                    "maxSize",
                    2,
                    false,
                    MOST_TOGETHER,
                    "write how many tasks one call serves at most; a call for each is what there is without @Batch."),
            new Range(Vocabulary.BUDGET, "limit", 0, true, BudgetSpec.MOST, "write how much a run may use."),
            new Range(
                    Vocabulary.CIRCUIT_BREAKER,
                    "failureRate",
                    0,
                    true,
                    1,
                    "write the share of failures that opens the circuit; 0.5 for half of them."),
            new Range(
                    Vocabulary.CIRCUIT_BREAKER,
                    "window",
                    1,
                    false,
                    CircuitBreakerSpec.MAX_WINDOW,
                    "write how many outcomes are looked at, such as 20."));

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        for (var range : RANGES) {
            check(workflow.annotations(range.annotation()), range, report);
            for (var method : workflow.methods()) {
                check(method.annotations(range.annotation()), range, report);
            }
        }
        weights(workflow.annotations(Vocabulary.FAIR), report);
        for (var method : workflow.stepsAndActions()) {
            weights(method.annotations(Vocabulary.FAIR), report);
        }
    }

    private static void check(List<Mirror> mirrors, Range range, Report report) {
        for (var mirror : mirrors) {
            check(mirror, range, report);
        }
    }

    private static void weights(List<Mirror> fairs, Report report) {
        for (var fair : fairs) {
            weight(fair, report);
        }
    }

    private static void check(Mirror mirror, Range range, Report report) {
        mirror.number(range.member())
                .map(Number::doubleValue)
                .filter(number -> !range.holds(number))
                .ifPresent(number -> report.add(Problem.at(
                                mirror.element(),
                                mirror.annotation(),
                                mirror.written(range.member()).orElseThrow(),
                                Tag.OUT_OF_RANGE,
                                "@" + mirror.simpleName() + "(" + range.member() + " = " + number(number) + ") is not "
                                        + range.text() + ".")
                        .fix(range.fix())));
    }

    /** A weight is an expression; one that is just a number is judged here. */
    private static void weight(Mirror fair, Report report) {
        fair.text("weight")
                .filter(text -> text.strip().matches("-?[0-9]+(\\.[0-9]+)?"))
                .map(String::strip)
                .filter(text -> new BigDecimal(text).signum() <= 0)
                .ifPresent(text -> report.add(Problem.at(
                                fair.element(),
                                fair.annotation(),
                                fair.written("weight").orElseThrow(),
                                Tag.OUT_OF_RANGE,
                                "@Fair(weight = \"" + text
                                        + "\") is not above 0, so the group would never have a turn.")
                        .fix("write a number above 0, or an expression for one.")));
    }

    private static String number(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e18
                ? String.valueOf((long) number)
                : String.valueOf(number);
    }
}
