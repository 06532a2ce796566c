package dev.millrace.processor.read;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.model.Workflow;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/** Reads a class with {@code @Workflow} into the model. */
public final class WorkflowReader {
    private WorkflowReader() {}

    /** Reads a class; its members are in the order of the source. */
    public static Workflow read(TypeElement type) {
        var annotation = Vocabulary.find(type, Vocabulary.WORKFLOW).orElseThrow();
        var methods = new ArrayList<Method>();
        for (var member : type.getEnclosedElements()) {
            if (member.getKind() == ElementKind.METHOD) {
                method((ExecutableElement) member).ifPresent(methods::add);
            }
        }
        var name = annotation
                .text("value")
                .orElseGet(() -> kebab(type.getSimpleName().toString()));
        return new Workflow(type, name, annotation, methods, Vocabulary.all(type, Vocabulary.RATE_LIMIT));
    }

    private static Optional<Method> method(ExecutableElement element) {
        return Vocabulary.find(element, Vocabulary.STEP)
                .map(annotation -> method(element, Role.STEP, annotation))
                .or(() -> Vocabulary.find(element, Vocabulary.ACTION)
                        .map(annotation -> method(element, Role.ACTION, annotation)))
                .or(() -> Vocabulary.find(element, Vocabulary.COMPENSATE)
                        .map(annotation -> method(element, Role.COMPENSATION, annotation)))
                .or(() -> Vocabulary.find(element, Vocabulary.ON_FAILURE)
                        .map(annotation -> method(element, Role.ON_FAILURE, annotation)));
    }

    private static Method method(ExecutableElement element, Role role, Mirror annotation) {
        var name =
                annotation.text("name").orElseGet(() -> element.getSimpleName().toString());
        boolean batched =
                role == Role.STEP && Vocabulary.find(element, Vocabulary.BATCH).isPresent();
        var parameters = element.getParameters().stream()
                .map(parameter -> new Parameter(
                        element,
                        parameter,
                        Vocabulary.find(parameter, Vocabulary.FROM),
                        Vocabulary.find(parameter, Vocabulary.INPUT),
                        Vocabulary.find(parameter, Vocabulary.EACH),
                        Vocabulary.find(parameter, Vocabulary.AWAIT),
                        Vocabulary.find(parameter, Vocabulary.APPROVAL),
                        batched))
                .toList();
        return new Method(
                role,
                name,
                element,
                annotation,
                parameters,
                Vocabulary.all(element, Vocabulary.RATE_LIMIT),
                Vocabulary.find(element, Vocabulary.RESULT),
                Vocabulary.find(element, Vocabulary.WHEN),
                batched);
    }

    /** {@code OrderFulfilment} as {@code order-fulfilment}, {@code HTTPSync2} as {@code http-sync2}. */
    static String kebab(String camel) {
        return camel.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
                .replaceAll("([A-Z]+)([A-Z][a-z])", "$1-$2")
                .toLowerCase(Locale.ROOT);
    }
}
