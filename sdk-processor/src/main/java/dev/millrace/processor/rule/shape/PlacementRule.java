package dev.millrace.processor.rule.shape;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.util.ElementFilter;

/** Annotations and given types stand where they have an effect, and not where they contradict each other. */
final class PlacementRule implements Rule {
    @Override
    public void check(Subject subject, Report report) {
        for (var element : ElementFilter.methodsIn(subject.workflow().type().getEnclosedElements())) {
            var method = method(subject, element);
            if (method.isEmpty()) {
                plainMethod(element, report);
            } else {
                annotatedMethod(method.get(), report);
            }
        }
        for (var method : subject.workflow().methods()) {
            for (var parameter : method.parameters()) {
                parameter(subject, method, parameter, report);
            }
        }
    }

    private static void parameter(Subject subject, Method method, Parameter parameter, Report report) {
        if (parameter.from().isPresent() && parameter.input().isPresent()) {
            report.add(Problem.at(
                            parameter.element(),
                            parameter.input().get().annotation(),
                            Tag.CONFLICTING_ANNOTATIONS,
                            "@Input and @From exclude each other (" + parameter.label() + ").")
                    .fix("keep the one that says where the value comes from."));
        }
    }

    private static Optional<Method> method(Subject subject, ExecutableElement element) {
        for (var method : subject.workflow().methods()) {
            if (method.element().equals(element)) {
                return Optional.of(method);
            }
        }
        return Optional.empty();
    }

    /** A method that the engine does not call: annotations that only make sense on one that it calls are mistakes. */
    private static void plainMethod(ExecutableElement element, Report report) {
        var mirrors = new ArrayList<Mirror>(Vocabulary.of(element));
        for (var parameter : element.getParameters()) {
            mirrors.addAll(Vocabulary.of(parameter));
        }
        for (var mirror : mirrors) {
            report.add(misplaced(
                            mirror,
                            "@" + mirror.simpleName() + " has no effect: " + element.getSimpleName() + "() is no step.")
                    .fix("put @Step on " + element.getSimpleName() + "(), or remove @" + mirror.simpleName() + "."));
        }
    }

    private static void annotatedMethod(Method method, Report report) {
        var mirrors = Vocabulary.of(method.element());
        var roles = new ArrayList<Mirror>();
        for (var mirror : mirrors) {
            if (Vocabulary.METHOD_ANNOTATIONS.contains(mirror.qualifiedName())) {
                roles.add(mirror);
            }
        }
        if (roles.size() > 1) {
            report.add(Problem.at(
                            method.element(),
                            roles.get(1).annotation(),
                            Tag.CONFLICTING_ANNOTATIONS,
                            method.label() + " has " + listed(roles) + ", but a method has one part in a workflow.")
                    .fix("keep one; let both call a third method."));
        }
        for (var mirror : mirrors) {
            if (isMisplaced(method, mirror)) {
                var fact = "@" + mirror.simpleName() + " has no effect: " + method.label() + " is no step.";
                report.add(misplaced(mirror, fact)
                        .fix(
                                Vocabulary.OF_ATTEMPTS.contains(mirror.qualifiedName())
                                        ? "say it of the step that calls the action: both run on the same worker."
                                        : "remove it."));
            }
        }
        if (method.result().isPresent() && method.role() == Role.STEP && !method.hasValue()) {
            report.add(misplaced(
                            method.result().get(),
                            "@Result has no effect: step " + method.label() + " returns nothing.")
                    .fix("return the result, or remove @Result."));
        }
    }

    /** Whether an annotation says nothing of a method of this role. */
    static boolean isMisplaced(Method method, Mirror mirror) {
        return switch (method.role()) {
            case STEP -> false;
            case ACTION ->
                Vocabulary.OF_STEPS.contains(mirror.qualifiedName())
                        || Vocabulary.OF_ATTEMPTS.contains(mirror.qualifiedName());
            case COMPENSATION, ON_FAILURE ->
                Vocabulary.OF_STEPS.contains(mirror.qualifiedName())
                        || Vocabulary.OF_STEPS_AND_ACTIONS.contains(mirror.qualifiedName());
        };
    }

    private static String listed(List<Mirror> mirrors) {
        return mirrors.stream().map(mirror -> "@" + mirror.simpleName()).collect(Collectors.joining(" and "));
    }

    private static Problem misplaced(Mirror mirror, String sentence) {
        return Problem.at(mirror.element(), mirror.annotation(), Tag.MISPLACED_ANNOTATION, sentence);
    }
}
