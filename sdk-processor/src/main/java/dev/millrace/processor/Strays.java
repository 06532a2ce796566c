package dev.millrace.processor;

import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Printer;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Tag;
import java.util.Set;
import javax.annotation.processing.Messager;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/** Reports annotations in classes that are no workflows, where they would have no effect. */
final class Strays {
    private final Printer printer;

    Strays(Messager messager) {
        this.printer = new Printer(messager);
    }

    void report(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        if (annotations.isEmpty()) {
            return;
        }
        for (var element : round.getElementsAnnotatedWithAny(annotations.toArray(TypeElement[]::new))) {
            var owner = owner(element);
            if (owner == null || Vocabulary.isWorkflow(owner) || isOfCatalogue(element, owner)) {
                continue;
            }
            Vocabulary.of(element).stream()
                    .filter(mirror -> !Vocabulary.VALUE_ANNOTATIONS.contains(mirror.qualifiedName()))
                    .filter(mirror -> isRole(mirror) || !isPartOfAnother(element))
                    .findFirst()
                    .ifPresent(mirror -> print(mirror, owner));
        }
    }

    /** The actions of a catalogue are compiled, and what stands on them is checked there. */
    private static boolean isOfCatalogue(Element element, TypeElement owner) {
        return Vocabulary.isCatalogue(owner) && isPartOfAnother(element);
    }

    private void print(Mirror mirror, TypeElement owner) {
        var problem = isRole(mirror)
                ? Problem.at(
                                mirror.element(),
                                Tag.STEP_OUTSIDE_WORKFLOW,
                                "@" + mirror.simpleName() + " "
                                        + mirror.element().getSimpleName() + "() is in " + owner.getSimpleName()
                                        + ", which is no workflow.")
                        .fix("put @Workflow on " + owner.getSimpleName() + ", or move "
                                + mirror.element().getSimpleName() + "() to a workflow.")
                : Problem.at(
                                mirror.element(),
                                mirror.annotation(),
                                Tag.MISPLACED_ANNOTATION,
                                "@" + mirror.simpleName() + " has no effect: " + owner.getSimpleName()
                                        + " is no workflow.")
                        .fix("put @Workflow on " + owner.getSimpleName() + ", or remove it.");
        printer.print(problem);
    }

    private static boolean isRole(Mirror mirror) {
        return Vocabulary.METHOD_ANNOTATIONS.contains(mirror.qualifiedName());
    }

    /** The class that an annotation of a method, parameter or class is about; fields and components are about themselves. */
    private static TypeElement owner(Element element) {
        return switch (element.getKind()) {
            case PARAMETER -> owner(element.getEnclosingElement());
            case METHOD, CONSTRUCTOR -> (TypeElement) element.getEnclosingElement();
            case CLASS, INTERFACE, RECORD, ENUM, ANNOTATION_TYPE -> (TypeElement) element;
            default -> null;
        };
    }

    /** Whether the element belongs to a method that is reported itself. */
    private static boolean isPartOfAnother(Element element) {
        var method = element.getKind() == ElementKind.PARAMETER ? element.getEnclosingElement() : element;
        return method instanceof ExecutableElement
                && Vocabulary.of(method).stream().anyMatch(Strays::isRole);
    }
}
