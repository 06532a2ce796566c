package dev.millrace.processor.rule.value;

import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.Optional;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** Generated code can name the types of parameters, results and retried exceptions. */
final class PrivateTypeRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            check(subject, method.returns(), method.element(), "result of " + method.label(), report);
            for (var parameter : method.parameters()) {
                check(
                        subject,
                        parameter.type(),
                        parameter.element(),
                        "parameter '" + parameter.name() + "' of " + method.label(),
                        report);
            }
            for (var member : new String[] {"retryOn", "noRetryOn"}) {
                for (var type : method.annotation().types(member)) {
                    check(subject, type, method.element(), member + " of " + method.label(), report);
                }
            }
        }
    }

    private static void check(Subject subject, TypeMirror type, Element element, String what, Report report) {
        hidden(type)
                .ifPresent(hidden -> report.add(Problem.at(
                                element,
                                Tag.PRIVATE_TYPE,
                                subject.types().shortName(hidden.asType())
                                        + " is private, so generated code cannot name it (" + what + ").")
                        .fix("make it package-private or public.")));
    }

    private static Optional<TypeElement> hidden(TypeMirror type) {
        if (type instanceof ArrayType array && type.getKind() == TypeKind.ARRAY) {
            return hidden(array.getComponentType());
        }
        if (!(type instanceof DeclaredType declared) || type.getKind() != TypeKind.DECLARED) {
            return Optional.empty();
        }
        for (Element around = declared.asElement();
                around instanceof TypeElement named;
                around = around.getEnclosingElement()) {
            if (named.getModifiers().contains(Modifier.PRIVATE)) {
                return Optional.of(named);
            }
        }
        for (var argument : declared.getTypeArguments()) {
            var hidden = hidden(argument);
            if (hidden.isPresent()) {
                return hidden;
            }
        }
        return Optional.empty();
    }
}
