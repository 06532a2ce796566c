package dev.millrace.processor.rule;

import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.schema.Schema;
import java.util.HashSet;
import java.util.Set;
import javax.lang.model.element.Element;

/** What travels between steps can be stored and read back. */
final class SerializableRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        Set<String> told = new HashSet<>();
        subject.wiring()
                .input()
                .ifPresent(input -> subject.input()
                        .ifPresent(schema -> tell(schema, input.element(), "input, " + label(input), told, report)));
        for (var step : subject.workflow().steps()) {
            if (subject.values().containsKey(step)) {
                tell(subject.values().get(step), step.element(), "result of " + step.label(), told, report);
            }
        }
    }

    private static String label(Parameter parameter) {
        return "parameter '" + parameter.name() + "' of "
                + parameter.element().getEnclosingElement().getSimpleName() + "()";
    }

    /** A type that two steps return is told once, where it is met first. */
    private static void tell(Schema schema, Element element, String what, Set<String> told, Report report) {
        for (var flaw : schema.flaws()) {
            if (told.add(flaw.sentence())) {
                var sentence = flaw.sentence().substring(0, flaw.sentence().length() - 1) + " (" + what + ").";
                report.add(Problem.at(element, flaw.tag(), sentence).fix(flaw.fix()));
            }
        }
    }
}
