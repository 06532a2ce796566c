package dev.millrace.processor.rule.sharing;

import dev.millrace.manifest.Names;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** An attempt takes room on its worker, of a kind that has a name if it is said. */
final class SlotsRule implements Rule {
    private static final int MOST = 10_000;

    @Override
    public void check(Subject subject, Report report) {
        for (var step : subject.workflow().stepsAndActions()) {
            var annotation = step.annotation();
            annotation
                    .number("slots")
                    .map(Number::intValue)
                    .filter(slots -> slots < 1 || slots > MOST)
                    .ifPresent(slots -> report.add(Problem.at(
                                    step.element(),
                                    annotation.annotation(),
                                    annotation.written("slots").orElseThrow(),
                                    Tag.BAD_SLOTS,
                                    "slots = " + slots + " of " + step.label() + ", but an attempt takes 1 to " + MOST
                                            + ".")
                            .fix("write a number from 1, or leave it out for 1.")));
            annotation
                    .text("slotKind")
                    .filter(kind -> annotation.written("slotKind").isPresent() && !Names.isName(kind))
                    .ifPresent(kind -> report.add(Problem.at(
                                    step.element(),
                                    annotation.annotation(),
                                    annotation.written("slotKind").orElseThrow(),
                                    Tag.BAD_SLOTS,
                                    "slotKind = \"" + kind + "\" of " + step.label()
                                            + " is no name: 1 to 128 letters, digits, '.', '_', ':' or '-', beginning with"
                                            + " a letter or a digit.")
                            .fix("write the name that workers give those slots, or leave it out.")));
        }
    }
}
