package dev.millrace.processor.rule.shape;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import javax.lang.model.element.Modifier;

/** A step or handler is an instance method that generated code in its package can call. */
final class MethodShapeRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            var subjectOfSentence = method.role().noun() + " " + method.label();
            var modifiers = method.element().getModifiers();
            if (modifiers.contains(Modifier.PRIVATE)) {
                add(
                        report,
                        method,
                        Tag.PRIVATE_STEP,
                        subjectOfSentence + " is private, so generated code cannot call it.",
                        "make it package-private or public.");
            }
            if (modifiers.contains(Modifier.STATIC)) {
                add(
                        report,
                        method,
                        Tag.STATIC_STEP,
                        subjectOfSentence + " is static; it is called on the worker's object.",
                        "remove 'static'.");
            }
            if (!method.element().getTypeParameters().isEmpty()) {
                add(
                        report,
                        method,
                        Tag.GENERIC_STEP,
                        subjectOfSentence + " has type parameters, so nobody knows what to store and read back.",
                        "write the types themselves.");
            }
            if (method.element().isVarArgs()) {
                add(
                        report,
                        method,
                        Tag.VARARGS_STEP,
                        subjectOfSentence + " takes a variable number of arguments, but gets one per parameter.",
                        "take a List.");
            }
        }
    }

    private static void add(Report report, Method method, Tag tag, String sentence, String fix) {
        report.add(Problem.at(method.element(), tag, sentence).fix(fix));
    }
}
