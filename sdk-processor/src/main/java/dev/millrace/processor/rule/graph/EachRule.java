package dev.millrace.processor.rule.graph;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.List;

/** A step is mapped over one list at most, and nothing but a step is mapped at all. */
final class EachRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            var mapped = method.parameters().stream()
                    .filter(parameter -> parameter.each().isPresent())
                    .toList();
            if (method.role() == Role.STEP) {
                step(method, mapped, report);
            } else {
                mapped.forEach(parameter -> report.add(at(
                                parameter,
                                Tag.MISPLACED_ANNOTATION,
                                "@Each has no effect: " + method.label() + " is no step.")
                        .fix("remove it, and take the whole list.")));
            }
        }
    }

    private static void step(Method method, List<Parameter> mapped, Report report) {
        for (var parameter : mapped) {
            if (parameter.input().isPresent()) {
                report.add(at(
                                parameter,
                                Tag.CONFLICTING_ANNOTATIONS,
                                "@Each and @Input exclude each other (parameter '" + parameter.name() + "' of "
                                        + method.label() + "): what is taken apart is the result of a step.")
                        .fix("return the list from a step of its own, and remove @Input."));
            }
        }
        if (mapped.size() > 1) {
            report.add(at(
                            mapped.get(1),
                            Tag.MANY_LISTS,
                            "Step " + method.label() + " takes elements of " + mapped.size() + " lists: parameters "
                                    + mapped.stream()
                                            .map(parameter -> "'" + parameter.name() + "'")
                                            .reduce((left, right) -> left + ", " + right)
                                            .orElseThrow()
                                    + ".")
                    .fix("make one list of records that hold what belongs together."));
        }
    }

    private static Problem at(Parameter parameter, Tag tag, String sentence) {
        return Problem.at(parameter.element(), parameter.each().orElseThrow().annotation(), tag, sentence);
    }
}
