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
            search.inside(subject);
        }
        return search.problems;
    }

    private void inside(Subject subject) {
        var input = subject.wiring().input();
        if (input.isPresent() && subject.input().isPresent()) {
            inside(
                    subject.input().get(),
                    input.get().element(),
                    "input, parameter '" + input.get().name() + "'");
        }
        for (var value : subject.values().entrySet()) {
            var step = value.getKey();
            inside(value.getValue(), step.element(), "result of " + step.label());
        }
        for (var given : subject.given().entrySet()) {
            inside(given.getValue(), given.getKey().element(), given.getKey().label());
        }
    }

    private void method(Method method) {
        mentioned(method.element(), method.returns(), "result of " + method.label());
        for (var parameter : method.parameters()) {
            mentioned(
                    parameter.element(), parameter.type(), "parameter '" + parameter.name() + "' of " + method.label());
        }
        for (var member : List.of("retryOn", "noRetryOn")) {
            for (var value : method.annotation().items(member)) {
                // javac stands in a text for a class literal that it cannot resolve.
                if (!(value.getValue() instanceof TypeMirror type)
                        || missing(type).isPresent()) {
                    add(method.element(), "A class", member + " of " + method.label());
                }
            }
        }
    }

    private void mentioned(Element element, TypeMirror type, String where) {
        var missing = missing(type);
        if (missing.isPresent()) {
            add(element, missing.get(), where);
        }
    }

    private void inside(Schema schema, Element element, String what) {
        for (var type : schema.unresolved()) {
            add(element, type, "inside the " + what);
        }
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
        if (type instanceof DeclaredType declared) {
            for (var argument : declared.getTypeArguments()) {
                var missing = missing(argument);
                if (missing.isPresent()) {
                    return missing;
                }
            }
        }
        return Optional.empty();
    }
}
