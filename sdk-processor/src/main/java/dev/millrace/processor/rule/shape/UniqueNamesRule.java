package dev.millrace.processor.rule.shape;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashMap;
import java.util.Locale;
import java.util.stream.Collectors;

/** Steps and handlers have names of their own: a name is how a run refers to what it has done. */
final class UniqueNamesRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var first = new HashMap<String, Method>();
        for (var method : subject.workflow().methods()) {
            var other = first.putIfAbsent(method.name(), method);
            if (other == null) {
                continue;
            }
            var named = method.role() == Role.STEP || method.role() == Role.ACTION;
            var fix = named
                    ? "rename one of the methods, or give one another name: @"
                            + method.annotation().simpleName() + "(name = \"…\")."
                    : "rename the method.";
            var sentence = "The name \"" + method.name() + "\" is taken twice in "
                    + subject.workflow().label() + ": by " + described(other, subject) + " and by "
                    + described(method, subject) + ".";
            var annotation = method.annotation();
            var problem = annotation
                    .written("name")
                    .map(value ->
                            Problem.at(method.element(), annotation.annotation(), value, Tag.DUPLICATE_STEP, sentence))
                    .orElseGet(() -> Problem.at(method.element(), Tag.DUPLICATE_STEP, sentence));
            report.add(problem.fix(fix));
        }
    }

    private static String described(Method method, Subject subject) {
        return method.role().noun().toLowerCase(Locale.ROOT) + " "
                + method.element().getSimpleName()
                + method.parameters().stream()
                        .map(parameter -> subject.types().shortName(parameter.type()))
                        .collect(Collectors.joining(", ", "(", ")"));
    }
}
