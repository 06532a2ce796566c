package dev.millrace.processor;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;

/** Finds the types that a workflow mentions and that do not exist, or not yet. */
final class UnresolvedTypes {
    private final Subject subject;
    private final List<Problem> problems = new ArrayList<>();

    private UnresolvedTypes(Subject subject) {
        this.subject = subject;
    }

    /** A problem for every place that mentions one; none if all types exist. */
    static List<Problem> of(Subject subject) {
        var search = new UnresolvedTypes(subject);
        for (var method : subject.workflow().methods()) {
            search.method(method);
        }
        if (search.problems.isEmpty()) {
            subject.wiring()
                    .input()
                    .ifPresent(input -> subject.input()
                            .ifPresent(schema ->
                                    search.inside(schema, input.element(), "input, parameter '" + input.name() + "'")));
            subject.values()
                    .forEach((step, schema) -> search.inside(schema, step.element(), "result of " + step.label()));
            subject.given()
                    .forEach((parameter, schema) -> search.inside(schema, parameter.element(), parameter.label()));
        }
        return search.problems;
    }

    private void method(Method method) {
        missing(method.returns()).ifPresent(type -> add(method.element(), type, "result of " + method.label()));
        for (var parameter : method.parameters()) {
            missing(parameter.type())
                    .ifPresent(type -> add(
                            parameter.element(), type, "parameter '" + parameter.name() + "' of " + method.label()));
        }
        for (var member : List.of("retryOn", "noRetryOn")) {
            // javac stands in a text for a class literal that it cannot resolve.
            method.annotation().items(member).stream()
                    .filter(value -> !(value.getValue() instanceof TypeMirror type)
                            || missing(type).isPresent())
                    .forEach(value -> add(method.element(), "A class", member + " of " + method.label()));
        }
    }

    private void inside(Schema schema, Element element, String what) {
        schema.unresolved().forEach(type -> add(element, type, "inside the " + what));
    }

    private void add(Element element, String type, String where) {
        problems.add(Problem.at(
                        element,
                        Tag.UNRESOLVED_TYPE,
                        type + " is not found (" + where + "), so nothing was written for "
                                + subject.workflow().label() + ".")
                .fix("import or add it; if another annotation processor makes it, see that one's errors first."));
    }

    private static Optional<String> missing(TypeMirror type) {
        if (type.getKind() == TypeKind.ERROR) {
            return Optional.of(type.toString());
        }
        if (type instanceof ArrayType array && type.getKind() == TypeKind.ARRAY) {
            return missing(array.getComponentType());
        }
        if (type instanceof WildcardType wildcard && wildcard.getExtendsBound() != null) {
            return missing(wildcard.getExtendsBound());
        }
        return type instanceof DeclaredType declared
                ? declared.getTypeArguments().stream()
                        .map(UnresolvedTypes::missing)
                        .flatMap(Optional::stream)
                        .findFirst()
                : Optional.empty();
    }
}
