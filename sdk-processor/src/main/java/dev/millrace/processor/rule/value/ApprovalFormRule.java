package dev.millrace.processor.rule.value;

import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.model.TypeSystem;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.Set;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** What a human answers is a form: a record, with a field for each component. */
final class ApprovalFormRule implements Rule {
    private static final Set<String> FIELDS = Set.of(
            "java.lang.String",
            "java.lang.Boolean",
            "java.lang.Character",
            "java.lang.Byte",
            "java.lang.Short",
            "java.lang.Integer",
            "java.lang.Long",
            "java.lang.Float",
            "java.lang.Double",
            "java.math.BigInteger",
            "java.math.BigDecimal",
            "java.net.URI",
            "java.time.Instant",
            "java.time.LocalDate",
            "java.time.LocalTime",
            "java.time.LocalDateTime",
            "java.time.OffsetDateTime",
            "java.time.ZonedDateTime",
            "java.time.Duration",
            "java.util.UUID");

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            for (var parameter : method.parameters()) {
                if (subject.wiring().source(parameter) instanceof Source.Approval approval) {
                    check(subject, parameter, approval.answer(), report);
                }
            }
        }
    }

    private static void check(Subject subject, Parameter parameter, TypeMirror answer, Report report) {
        var name = subject.types().shortName(answer);
        if (!(answer instanceof DeclaredType declared) || declared.asElement().getKind() != ElementKind.RECORD) {
            report.add(
                    problem(parameter, name + " is no record, so there is no form for it (" + parameter.label() + ").")
                            .fix(
                                    "make a record with a component for each question, such as record Decision(boolean approved, String"
                                            + " remark) {}."));
            return;
        }
        var components = ((TypeElement) declared.asElement()).getRecordComponents();
        if (components.isEmpty()) {
            report.add(problem(
                            parameter,
                            name + " has no components, so its form asks nothing (" + parameter.label() + ").")
                    .fix("add a component for each question."));
        }
        for (var component : components) {
            var type = subject.types().types().asMemberOf(declared, component.getAccessor());
            var asked = ((ExecutableType) type).getReturnType();
            if (!isField(subject.types(), asked)) {
                report.add(
                        problem(
                                        parameter,
                                        name + "." + component.getSimpleName() + " is "
                                                + subject.types().shortName(asked) + ", for which a form has no field ("
                                                + parameter.label() + ").")
                                .fix(
                                        "ask with texts, numbers, booleans, enums, dates and times, optional ones or lists of them."));
            }
        }
    }

    private static boolean isField(TypeSystem types, TypeMirror type) {
        if (types.isA(type, Vocabulary.OPTIONAL)
                || types.isA(type, "java.util.List")
                || types.isA(type, "java.util.Set")) {
            var argument = types.argument(type);
            return argument != type && isPlain(types, argument);
        }
        return isPlain(types, type);
    }

    private static boolean isPlain(TypeSystem types, TypeMirror type) {
        return types.boxed(type) instanceof DeclaredType declared
                && declared.getKind() == TypeKind.DECLARED
                && (declared.asElement().getKind() == ElementKind.ENUM
                        || FIELDS.contains(((TypeElement) declared.asElement())
                                .getQualifiedName()
                                .toString()));
    }

    private static Problem problem(Parameter parameter, String sentence) {
        return Problem.at(parameter.element(), Tag.APPROVAL_FORM, sentence);
    }
}
