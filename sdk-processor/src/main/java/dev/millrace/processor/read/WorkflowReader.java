package dev.millrace.processor.read;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.model.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.Elements;

/** Reads a class with {@code @Workflow} into the model. */
public final class WorkflowReader {
    private WorkflowReader() {}

    /** Reads a class; its members are in the order of the source. */
    public static Workflow read(TypeElement type) {
        var annotation = Vocabulary.find(type, Vocabulary.WORKFLOW).orElseThrow();
        var methods = methods(type);
        var given = annotation.text("value");
        var name = given.isPresent() ? given.get() : kebab(type.getSimpleName().toString());
        return new Workflow(type, name, annotation, methods, Vocabulary.all(type, Vocabulary.RATE_LIMIT));
    }

    /** Reads a class that has actions and is no workflow. */
    public static Workflow readCatalogue(TypeElement type, Elements elements) {
        return Workflow.catalogue(
                type,
                kebab(type.getSimpleName().toString()),
                elements.getTypeElement(Vocabulary.WORKFLOW),
                methods(type));
    }

    private static List<Method> methods(TypeElement type) {
        var methods = new ArrayList<Method>();
        for (var member : type.getEnclosedElements()) {
            if (member.getKind() == ElementKind.METHOD) {
                method((ExecutableElement) member).ifPresent(methods::add);
            }
        }
        return methods;
    }

    private static Optional<Method> method(ExecutableElement element) {
        for (var role : Role.values()) {
            var annotation = Vocabulary.find(element, annotationOf(role));
            if (annotation.isPresent()) {
                return Optional.of(method(element, role, annotation.get()));
            }
        }
        return Optional.empty();
    }

    private static String annotationOf(Role role) {
        return switch (role) {
            case STEP -> Vocabulary.STEP;
            case ACTION -> Vocabulary.ACTION;
            case COMPENSATION -> Vocabulary.COMPENSATE;
            case ON_FAILURE -> Vocabulary.ON_FAILURE;
        };
    }

    private static Method method(ExecutableElement element, Role role, Mirror annotation) {
        var name = annotation.text("name");
        boolean batched =
                role == Role.STEP && Vocabulary.find(element, Vocabulary.BATCH).isPresent();
        var parameters = new ArrayList<Parameter>();
        for (var parameter : element.getParameters()) {
            parameters.add(new Parameter(
                    element,
                    parameter,
                    Vocabulary.find(parameter, Vocabulary.FROM),
                    Vocabulary.find(parameter, Vocabulary.INPUT),
                    Vocabulary.find(parameter, Vocabulary.EACH),
                    Vocabulary.find(parameter, Vocabulary.AWAIT),
                    Vocabulary.find(parameter, Vocabulary.APPROVAL),
                    batched));
        }
        return new Method(
                role,
                name.isPresent() ? name.get() : element.getSimpleName().toString(),
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
