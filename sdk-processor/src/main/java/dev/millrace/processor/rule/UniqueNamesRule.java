package dev.millrace.processor.rule;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import java.util.HashMap;
import java.util.Locale;

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
                    + subject.workflow().label() + ": by " + described(other) + " and by " + described(method) + ".";
            var annotation = method.annotation();
            var problem = annotation
                    .written("name")
                    .map(value ->
                            Problem.at(method.element(), annotation.annotation(), value, Tag.DUPLICATE_STEP, sentence))
                    .orElseGet(() -> Problem.at(method.element(), Tag.DUPLICATE_STEP, sentence));
            report.add(problem.fix(fix));
        }
    }

    private static String described(Method method) {
        var parameters = method.element().asType().toString();
        return method.role().noun().toLowerCase(Locale.ROOT) + " "
                + method.element().getSimpleName() + shortened(parameters);
    }

    /** {@code (com.acme.Order,int)void} as {@code (Order, int)}. */
    private static String shortened(String methodType) {
        return methodType
                .substring(0, methodType.lastIndexOf(')') + 1)
                .replaceAll("[a-z][A-Za-z0-9_]*\\.", "")
                .replace(",", ", ");
    }
}
