package dev.millrace.processor.rule.graph;

import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashSet;

/** What a step returns goes somewhere: to another step, or into the run's result. */
final class UnusedResultRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var steps = subject.workflow().steps();
        for (var step : steps) {
            if (step.result().isPresent()) {
                // The author has said what counts; what does not is kept for people to look at.
                return;
            }
        }
        var used = new HashSet<>(subject.wiring().results());
        for (var method : subject.workflow().methods()) {
            for (var parameter : method.parameters()) {
                var parent = subject.wiring().parent(parameter);
                if (parent.isPresent()) {
                    used.add(parent.get());
                }
            }
        }
        for (var step : steps) {
            if (step.hasValue() && !used.contains(step)) {
                report.add(Problem.at(
                                step.element(),
                                Tag.UNUSED_RESULT,
                                "Nobody takes what step " + step.label()
                                        + " returns: no method has a parameter for its "
                                        + subject.types()
                                                .shortName(subject.wiring().value(step))
                                        + ", and it is not part of the run's result.")
                        .detail("Only steps that no other step with a value waits for make up the result.")
                        .fix("make it void, or put @Result on it and on the others that count."));
            }
        }
    }
}
