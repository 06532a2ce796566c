package dev.millrace.processor.rule.shape;

import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.List;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.util.ElementFilter;

/** The steps of a workflow stand in its own class, so that one look shows the whole graph. */
final class InheritedStepRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        for (var method : inherited(subject)) {
            report.add(Problem.at(
                            workflow.type(),
                            Tag.INHERITED_STEP,
                            "@Workflow " + workflow.label() + " inherits " + method.getSimpleName() + "() from "
                                    + method.getEnclosingElement().getSimpleName()
                                    + "; the steps of a workflow stand in its own class.")
                    .fix("override " + method.getSimpleName() + "() in " + workflow.label()
                            + " and put the annotation there."));
        }
    }

    /** The annotated methods that come from superclasses and interfaces, and that the class does not override. */
    static List<ExecutableElement> inherited(Subject subject) {
        var type = subject.workflow().type();
        if (type.getInterfaces().isEmpty() && subject.types().isA(type.getSuperclass(), "java.lang.Object")) {
            return List.of();
        }
        return ElementFilter.methodsIn(subject.types().elements().getAllMembers(type)).stream()
                .filter(method -> !method.getEnclosingElement().equals(type))
                .filter(method -> Vocabulary.of(method).stream()
                        .anyMatch(mirror -> Vocabulary.METHOD_ANNOTATIONS.contains(mirror.qualifiedName())))
                .toList();
    }
}
