package dev.millrace.processor.rule.shape;

import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** Where several steps make up the result, their names become components of a record. */
final class ResultNameRule implements Rule {
    /** What a record component may not be called (JLS 8.10.1). */
    private static final Set<String> RESERVED =
            Set.of("clone", "finalize", "getClass", "hashCode", "notify", "notifyAll", "toString", "wait");

    @Override
    public void check(Subject subject, Report report) {
        var results = subject.wiring().results();
        if (results.size() < 2) {
            return;
        }
        for (var step : results) {
            var name = step.name();
            var isIdentifier = SourceVersion.isIdentifier(name) && !SourceVersion.isKeyword(name);
            if (isIdentifier && !RESERVED.contains(name)) {
                continue;
            }
            var annotation = step.annotation();
            var sentence = "Step name \"" + name + "\" cannot be a component of the record "
                    + subject.workflow().label() + "Client.Result, because "
                    + (isIdentifier ? "Java reserves it." : "it is no Java identifier.");
            var problem = annotation
                    .written("name")
                    .map(value ->
                            Problem.at(step.element(), annotation.annotation(), value, Tag.RESERVED_NAME, sentence))
                    .orElseGet(() -> Problem.at(step.element(), Tag.RESERVED_NAME, sentence));
            report.add(problem.detail(results.size() + " steps make up the result: "
                            + String.join(
                                    ", ",
                                    results.stream()
                                            .map(result -> result.name())
                                            .toList()))
                    .fix("give the step another name, or mark the steps that are the result with @Result."));
        }
    }
}
