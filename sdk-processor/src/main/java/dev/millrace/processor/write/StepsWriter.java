package dev.millrace.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.rule.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.TypeMirror;

/** Writes {@code XSteps}, through which durable code of {@code X} calls the actions of {@code X} as checkpoints. */
public final class StepsWriter {
    private static final ClassName DURABLE = ClassName.get("dev.millrace", "Durable");

    private final Subject subject;
    private final GeneratedNames names;
    private final List<Method> actions;

    public StepsWriter(Subject subject) {
        this.subject = subject;
        this.names = new GeneratedNames(subject.workflow(), subject.types());
        this.actions = subject.workflow().actions();
    }

    /** Writes the facade, if there are actions. */
    public void write(Filer filer) throws IOException {
        if (actions.isEmpty()) {
            return;
        }
        var visibility = names.visibility(mentioned());
        var facade = names.named("Steps");
        var type = TypeSpec.classBuilder(facade)
                .addJavadoc(
                        "Calls the actions of {@link $T} from its durable steps. Each call is a checkpoint: repeated until its\n"
                                + "result is stored, and never again.\n\n"
                                + "<p>For the thread that the step was called on.\n",
                        names.workflow())
                .addModifiers(visibility)
                .addModifiers(Modifier.FINAL)
                .addField(names.workflow(), "workflow", Modifier.PRIVATE, Modifier.FINAL)
                .addField(DURABLE, "durable", Modifier.PRIVATE, Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(Modifier.PRIVATE)
                        .addParameter(names.workflow(), "workflow")
                        .addParameter(DURABLE, "durable")
                        .addStatement("this.workflow = workflow")
                        .addStatement("this.durable = durable")
                        .build())
                .addMethod(MethodSpec.methodBuilder("of")
                        .addJavadoc(
                                "The actions of this object, called from the durable step that was given this {@code Durable}.\n")
                        .addModifiers(visibility)
                        .addModifiers(Modifier.STATIC)
                        .returns(facade)
                        .addParameter(names.workflow(), "workflow")
                        .addParameter(DURABLE, "durable")
                        .addStatement("return new $T(workflow, durable)", facade)
                        .build());
        actions.forEach(action -> type.addMethod(call(action)));
        names.write(type, filer);
    }

    private Stream<TypeMirror> mentioned() {
        return actions.stream()
                .flatMap(action -> Stream.concat(
                        Stream.of(action.returns()), arguments(action).map(Parameter::type)));
    }

    private Stream<Parameter> arguments(Method action) {
        return action.parameters().stream()
                .filter(parameter -> subject.wiring().source(parameter) instanceof Source.Argument);
    }

    private MethodSpec call(Method action) {
        var handedOver = arguments(action).map(Parameter::name).toList();
        var scope = new Scope(handedOver);
        var method = MethodSpec.methodBuilder(action.element().getSimpleName().toString())
                .addJavadoc(javadoc(action))
                .addModifiers(Modifier.PUBLIC)
                .returns(action.hasValue() ? TypeName.get(action.returns()).withoutAnnotations() : TypeName.VOID);
        arguments(action)
                .forEach(parameter ->
                        method.addParameter(TypeName.get(parameter.type()).withoutAnnotations(), parameter.name()));
        var options = CodeBlock.of("$1L -> $1L.action($2L)", scope.options(), String.join(", ", handedOver));
        return method.addStatement(
                        "$L$L.call(\n$S,\n$L,\n$L,\n$L)",
                        action.hasValue() ? "return " : "",
                        scope.field("durable"),
                        action.name(),
                        names.typeRef(action.hasValue() ? names.boxed(action.returns()) : ClassName.get(Void.class)),
                        body(action, scope),
                        options)
                .build();
    }

    private CodeBlock javadoc(Method action) {
        var code = CodeBlock.builder()
                .add(
                        "The action {@code $L}: {@link $T#$L}.\n",
                        action.name(),
                        names.workflow(),
                        action.element().getSimpleName())
                .add("\n@throws $T if it failed for good\n", ClassName.get("dev.millrace", "ActionFailedException"));
        return code.build();
    }

    /** The call of the user's method, as a {@code Callable}. */
    private CodeBlock body(Method action, Scope scope) {
        var arguments = new ArrayList<CodeBlock>();
        for (var parameter : action.parameters()) {
            arguments.add(
                    subject.wiring().source(parameter) instanceof Source.Argument
                            ? CodeBlock.of("$L", parameter.name())
                            : CodeBlock.of("$L.context()", scope.field("durable")));
        }
        var call = CodeBlock.of(
                "$L.$L($L)",
                scope.field("workflow"),
                action.element().getSimpleName(),
                CodeBlock.join(arguments, ", "));
        return action.hasValue()
                ? CodeBlock.of("() -> $L", call)
                : CodeBlock.of("() -> {$>\n$L;\nreturn null;$<\n}", call);
    }

    /**
     * What the names in a method mean: the user's parameters may be called like the fields.
     *
     * @param parameters the names of the parameters
     */
    private record Scope(Set<String> parameters) {
        Scope(List<String> names) {
            this(new TreeSet<>(names));
        }

        String field(String name) {
            return parameters.contains(name) ? "this." + name : name;
        }

        String options() {
            var name = new StringBuilder("options");
            while (parameters.contains(name.toString())) {
                name.append('_');
            }
            return name.toString();
        }
    }
}
