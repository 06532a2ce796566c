package dev.millrace.processor.write;

import static dev.millrace.processor.write.GeneratedNames.ANSWER;
import static dev.millrace.processor.write.GeneratedNames.METHOD_BINDING;
import static dev.millrace.processor.write.GeneratedNames.PARAMETER;
import static dev.millrace.processor.write.GeneratedNames.TYPE_REF;
import static dev.millrace.processor.write.GeneratedNames.WORKFLOW_BINDING;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.WildcardTypeName;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.rule.failure.Fallbacks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** Writes {@code XBinding}: how a worker calls the methods of {@code X} without reflection. */
public final class BindingWriter {
    private final Subject subject;
    private final GeneratedNames names;
    private final Set<String> overloaded;

    public BindingWriter(Subject subject) {
        this.subject = subject;
        this.names = new GeneratedNames(subject.workflow(), subject.types());
        this.overloaded = overloaded(subject);
    }

    /** Writes the binding of a workflow version whose manifest stands at a path of the class output. */
    public void write(String version, String manifestPath, Filer filer) throws IOException {
        var workflow = names.workflow();
        var methods = ParameterizedTypeName.get(METHOD_BINDING, workflow);
        var wildcard = WildcardTypeName.subtypeOf(Object.class);
        var type = TypeSpec.classBuilder(names.named("Binding"))
                .addJavadoc(
                        "Calls the methods of {@link $T}. For workers; there is nothing in it for anybody else.\n\n",
                        workflow)
                .addJavadoc(new Drawing(subject).javadoc())
                .addModifiers(names.visibility(Stream.empty()))
                .addModifiers(Modifier.FINAL)
                .addSuperinterface(ParameterizedTypeName.get(WORKFLOW_BINDING, workflow))
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(names.visibility(Stream.empty()))
                        .addJavadoc("For the worker, which finds this class by its name.\n")
                        .build())
                .addMethod(getter("workflowClass", classOf(workflow), CodeBlock.of("$T.class", workflow)))
                .addMethod(getter(
                        "workflow",
                        text(),
                        CodeBlock.of("$S", subject.workflow().name())))
                .addMethod(getter("manifestResource", text(), CodeBlock.of("$S", manifestPath)))
                .addMethod(getter("version", text(), CodeBlock.of("$S", version)))
                .addMethod(getter("input", ParameterizedTypeName.get(TYPE_REF, wildcard), names.typeRef(inputType())))
                .addMethod(getter(
                        "steps", listOf(methods), listed(subject.workflow().steps())))
                .addMethod(getter(
                        "compensations",
                        listOf(methods),
                        listed(subject.workflow().of(Role.COMPENSATION))))
                .addMethod(getter("onFailure", optionalOf(methods), onFailure()));
        if (!subject.workflow().actions().isEmpty()) {
            type.addMethod(
                    getter("actions", listOf(methods), listed(subject.workflow().actions())));
        }
        names.write(type, filer);
    }

    private TypeName inputType() {
        return subject.wiring().input().map(input -> names.boxed(input.type())).orElse(ClassName.get(Void.class));
    }

    private CodeBlock onFailure() {
        return subject.workflow().of(Role.ON_FAILURE).stream()
                .map(method -> CodeBlock.of("$T.of($L)", Optional.class, binding(method)))
                .findFirst()
                .orElse(CodeBlock.of("$T.empty()", Optional.class));
    }

    private CodeBlock listed(List<Method> methods) {
        if (methods.isEmpty()) {
            return CodeBlock.of("$T.of()", List.class);
        }
        var bindings = methods.stream().map(this::binding).toList();
        return CodeBlock.of("$T.of($L)", List.class, CodeBlock.join(bindings, ","));
    }

    private CodeBlock binding(Method method) {
        var code = CodeBlock.builder()
                .add("\nnew $T(", ParameterizedTypeName.get(METHOD_BINDING, names.workflow()))
                .add("$>$>\n$S,", method.name())
                .add("\n$L,", listOfParameters(method))
                .add("\n$L,", names.typeRef(resultType(method)));
        answer(method).ifPresent(answer -> code.add("\n$T.$L,", ANSWER, answer));
        var retryOn = exceptions(method, "retryOn");
        var noRetryOn = exceptions(method, "noRetryOn");
        if (!retryOn.isEmpty() || !noRetryOn.isEmpty()) {
            code.add("\n$T.of($L),", List.class, CodeBlock.join(retryOn, ", "));
            code.add("\n$T.of($L),", List.class, CodeBlock.join(noRetryOn, ", "));
        }
        code.add("\n$L)$<$<", invoker(method));
        fallback(method).ifPresent(fallback -> code.add("\n$>$>.withFallback($L)$<$<", fallback));
        return code.build();
    }

    /** How the method is called that answers in place of this one. */
    private Optional<CodeBlock> fallback(Method method) {
        return Fallbacks.of(subject, method).map(fallback -> {
            var arguments = arguments(method, fallback);
            if (Fallbacks.takesTheReason(subject, method, fallback)) {
                arguments.add(CodeBlock.of("arguments.<$T>at($L)", Throwable.class, arguments.size()));
            }
            return call(fallback, arguments);
        });
    }

    /** More than two stand on lines of their own. */
    private CodeBlock listOfParameters(Method method) {
        var parameters = parameters(method);
        return parameters.size() <= 2
                ? CodeBlock.of("$T.of($L)", List.class, CodeBlock.join(parameters, ", "))
                : CodeBlock.of("$T.of($>$>\n$L$<$<)", List.class, CodeBlock.join(parameters, ",\n"));
    }

    private List<CodeBlock> parameters(Method method) {
        return method.parameters().stream().map(this::parameter).toList();
    }

    private CodeBlock parameter(Parameter parameter) {
        var token = names.typeToken(names.boxed(parameter.type()));
        var source = subject.wiring().source(parameter);
        if (source instanceof Source.Parent parent) {
            return CodeBlock.of("$T.parent($S, $L)", PARAMETER, parent.step().name(), token);
        }
        if (source instanceof Source.Element element) {
            return CodeBlock.of("$T.element($S, $L)", PARAMETER, element.step().name(), token);
        }
        if (source instanceof Source.OptionalParent parent) {
            return CodeBlock.of("$T.optional($S, $L)", PARAMETER, parent.step().name(), value(parameter));
        }
        if (source instanceof Source.ParentOutcome parent) {
            return CodeBlock.of("$T.outcome($S, $L)", PARAMETER, parent.step().name(), value(parameter));
        }
        if (source instanceof Source.Event) {
            return CodeBlock.of("$T.event($L)", PARAMETER, token);
        }
        if (source instanceof Source.Approval) {
            return CodeBlock.of("$T.approval($L)", PARAMETER, token);
        }
        if (source instanceof Source.Turn) {
            return CodeBlock.of("$T.turn($L)", PARAMETER, token);
        }
        if (source instanceof Source.Argument) {
            return CodeBlock.of("$T.argument($L)", PARAMETER, token);
        }
        if (source instanceof Source.Stream stream) {
            return CodeBlock.of("$T.emitter($L)", PARAMETER, names.typeToken(names.boxed(stream.item())));
        }
        if (source instanceof Source.Durable) {
            return CodeBlock.of("$T.durable()", PARAMETER);
        }
        if (source instanceof Source.Connection) {
            return CodeBlock.of("$T.connection()", PARAMETER);
        }
        if (source instanceof Source.Context) {
            return CodeBlock.of("$T.context()", PARAMETER);
        }
        return source instanceof Source.Failure
                ? CodeBlock.of("$T.failure()", PARAMETER)
                : CodeBlock.of("$T.input($L)", PARAMETER, token);
    }

    /** The type inside an {@code Optional} or {@code Outcome}. */
    private CodeBlock value(Parameter parameter) {
        return names.typeToken(names.boxed(parameter.taken().value()));
    }

    private TypeName resultType(Method method) {
        var returned = method.returned();
        var result = returned.wrapper() == Returned.Wrapper.LOOP ? returned.value() : returned.wrapped();
        return method.hasValue() ? names.boxed(result) : ClassName.get(Void.class);
    }

    /** The name of the constant that says how the method hands its result over; none for the usual way. */
    private static Optional<String> answer(Method method) {
        var returned = method.returned();
        return returned.stage()
                ? Optional.of("STAGE")
                : returned.wrapper() == Returned.Wrapper.LOOP ? Optional.of("LOOP") : Optional.empty();
    }

    private List<CodeBlock> exceptions(Method method, String member) {
        return method.annotation().types(member).stream()
                .map(type -> CodeBlock.of("$T.class", names.boxed(type)))
                .toList();
    }

    private CodeBlock invoker(Method method) {
        return call(method.element(), arguments(method, method.element()));
    }

    /** The arguments of a method for a call of it, or of the one that answers in its place. */
    private List<CodeBlock> arguments(Method method, ExecutableElement called) {
        boolean ambiguous = overloaded.contains(called.getSimpleName().toString());
        var arguments = new ArrayList<CodeBlock>();
        for (int i = 0; i < method.parameters().size(); i++) {
            TypeMirror type = method.parameters().get(i).declared();
            arguments.add(
                    ambiguous
                            ? CodeBlock.of("arguments.<$T>at($L)", names.boxed(type), i)
                            : CodeBlock.of("arguments.at($L)", i));
        }
        return arguments;
    }

    private static CodeBlock call(ExecutableElement method, List<CodeBlock> arguments) {
        var call = CodeBlock.of("workflow.$L($L)", method.getSimpleName(), CodeBlock.join(arguments, ", "));
        return method.getReturnType().getKind() != TypeKind.VOID
                ? CodeBlock.of("(workflow, arguments) -> $L", call)
                : CodeBlock.of("(workflow, arguments) -> {$>\n$L;\nreturn null;$<\n}", call);
    }

    /** The names that several methods have: among those, the arguments must say which one is called. */
    private static Set<String> overloaded(Subject subject) {
        var members =
                subject.types().elements().getAllMembers(subject.workflow().type());
        var names = new HashSet<String>();
        var overloaded = new HashSet<String>();
        for (var method : ElementFilter.methodsIn(members)) {
            var name = method.getSimpleName().toString();
            if (!names.add(name)) {
                overloaded.add(name);
            }
        }
        return overloaded;
    }

    private static MethodSpec getter(String name, TypeName returned, CodeBlock value) {
        return MethodSpec.methodBuilder(name)
                .addAnnotation(Override.class)
                .addModifiers(Modifier.PUBLIC)
                .returns(returned)
                .addStatement("return $L", value)
                .build();
    }

    private static TypeName text() {
        return ClassName.get(String.class);
    }

    private static TypeName classOf(TypeName type) {
        return ParameterizedTypeName.get(ClassName.get(Class.class), type);
    }

    private static TypeName listOf(TypeName type) {
        return ParameterizedTypeName.get(ClassName.get(List.class), type);
    }

    private static TypeName optionalOf(TypeName type) {
        return ParameterizedTypeName.get(ClassName.get(Optional.class), type);
    }
}
