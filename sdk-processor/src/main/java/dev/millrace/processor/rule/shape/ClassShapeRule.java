package dev.millrace.processor.rule.shape;

import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;

/** A workflow is a class that generated code in its package can name and of which there is an object. */
final class ClassShapeRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var type = subject.workflow().type();
        var name = subject.workflow().label();
        if (type.getKind() != ElementKind.CLASS && type.getKind() != ElementKind.RECORD) {
            var kind = switch (type.getKind()) {
                case ENUM -> "an enum";
                case ANNOTATION_TYPE -> "an annotation";
                default -> "an interface";
            };
            report.add(Problem.at(
                            type,
                            Tag.INTERFACE_WORKFLOW,
                            "@Workflow " + name + " is " + kind + "; a workflow is a class.")
                    .fix("put @Workflow on the class that has the steps."));
            return;
        }
        if (type.getModifiers().contains(Modifier.ABSTRACT)) {
            report.add(Problem.at(
                            type,
                            Tag.ABSTRACT_WORKFLOW,
                            "@Workflow " + name + " is abstract, so a worker cannot have one.")
                    .fix("put @Workflow on the class that is made."));
        }
        if (!type.getTypeParameters().isEmpty()) {
            report.add(Problem.at(
                            type,
                            Tag.GENERIC_WORKFLOW,
                            "@Workflow " + name + " has type parameters, so nobody knows the types of its steps.")
                    .fix("write the types themselves."));
        }
        for (Element around = type; around instanceof TypeElement; around = around.getEnclosingElement()) {
            if (around.getModifiers().contains(Modifier.PRIVATE)) {
                report.add(Problem.at(
                                type,
                                Tag.PRIVATE_CLASS,
                                (around.equals(type)
                                                ? "@Workflow " + name + " is private"
                                                : "@Workflow " + name + " is inside " + around.getSimpleName()
                                                        + ", which is private")
                                        + ", so generated code cannot name it.")
                        .fix("make " + around.getSimpleName() + " package-private or public."));
            }
        }
        if (type.getNestingKind().isNested() && !type.getModifiers().contains(Modifier.STATIC)) {
            report.add(Problem.at(
                            type,
                            Tag.INNER_CLASS,
                            "@Workflow " + name + " is an inner class, so it cannot be made without an object of "
                                    + type.getEnclosingElement().getSimpleName() + ".")
                    .fix("make it static, or a class of its own."));
        }
    }
}
