package dev.millrace.processor.rule.graph;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.TypeSystem;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.schema.SchemaBuilder;
import java.util.Optional;
import java.util.function.Predicate;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** Guesses what the author of a parameter without a source meant. */
final class DependencyFix {
    private final Subject subject;
    private final TypeSystem types;
    private final Parameter parameter;
    private final String name;

    DependencyFix(Subject subject, Parameter parameter) {
        this.subject = subject;
        this.types = subject.types();
        this.parameter = parameter;
        this.name = types.shortName(parameter.type());
    }

    /** What to do about a parameter of which no step returns the type. */
    String unknown() {
        if (types.extendsClass(parameter.type(), "java.util.concurrent.Future")) {
            return "take " + types.shortName(types.argument(parameter.type()))
                    + ": a step begins when those before it have ended, so there is nothing to wait for.";
        }
        if (isCollaborator()) {
            return "keep the " + name + " in a field: what a workflow works with comes by its constructor.";
        }
        var mapped = producer(returned ->
                types.isA(returned, Vocabulary.LIST) && types.same(types.argument(returned), parameter.type()));
        if (mapped.isPresent()) {
            return "take List<" + name + ">, all that " + mapped.get().label() + " gives; or one of them a task: @Each "
                    + name + " " + parameter.name() + ".";
        }
        if (types.isA(parameter.type(), Vocabulary.LIST)) {
            var element = types.argument(parameter.type());
            var single = producer(returned -> types.same(returned, element));
            if (single.isPresent()) {
                return "take " + types.shortName(element) + ", which "
                        + single.get().label() + " returns.";
            }
        }
        return "return " + name + " from a step, or make it part of the input.";
    }

    /** What to do about a parameter with {@code @Each} of which no step returns a list. */
    String noList() {
        var list = types.shortName(subject.wiring().wanted(parameter));
        var other = producer(returned -> elementOf(returned)
                .filter(element -> types.same(element, parameter.type()))
                .isPresent());
        if (other.isPresent()) {
            return "return " + list + " from " + other.get().label() + ", not "
                    + types.shortName(subject.wiring().value(other.get())) + ".";
        }
        return accessor()
                .map(member -> "let a step take the list out of the input: @Step " + list + " " + member + "("
                        + types.shortName(subject.wiring().input().orElseThrow().type()) + " input) { return input."
                        + member + "(); }")
                .orElse("return " + list + " from a step, or remove @Each.");
    }

    /** The component of the input that is the wanted list. */
    private Optional<String> accessor() {
        return subject.wiring()
                .input()
                .map(Parameter::type)
                .filter(DeclaredType.class::isInstance)
                .flatMap(type ->
                        ElementFilter.recordComponentsIn(
                                        ((DeclaredType) type).asElement().getEnclosedElements())
                                .stream()
                                .filter(component -> types.same(
                                        component.asType(), subject.wiring().wanted(parameter)))
                                .map(component -> component.getSimpleName().toString())
                                .findFirst());
    }

    private Optional<Method> producer(Predicate<TypeMirror> gives) {
        return subject.workflow().steps().stream()
                .filter(Method::hasValue)
                .filter(step -> gives.test(subject.wiring().value(step)))
                .findFirst();
    }

    private Optional<TypeMirror> elementOf(TypeMirror type) {
        if (type instanceof ArrayType array && type.getKind() == TypeKind.ARRAY) {
            return Optional.of(array.getComponentType());
        }
        return types.extendsClass(type, "java.util.Collection") && types.argument(type) != type
                ? Optional.of(types.argument(type))
                : Optional.empty();
    }

    /** Whether it is nothing that travels between steps, but something to work with: a client, a logger. */
    private boolean isCollaborator() {
        if (!(parameter.type() instanceof DeclaredType declared)
                || parameter.type().getKind() != TypeKind.DECLARED) {
            return false;
        }
        var type = (TypeElement) declared.asElement();
        var isCollection =
                types.elements().getPackageOf(type).getQualifiedName().contentEquals("java.util");
        return type.getKind() != ElementKind.RECORD
                && !isCollection
                && !types.mentions(parameter.type(), Vocabulary.GIVEN_TYPES)
                && !SchemaBuilder.of(parameter.type(), types).flaws().isEmpty();
    }
}
