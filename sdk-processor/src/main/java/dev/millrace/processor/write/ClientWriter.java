package dev.millrace.processor.write;

import static dev.millrace.processor.write.GeneratedNames.WORKFLOW_REF;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.FieldSpec;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import com.palantir.javapoet.WildcardTypeName;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.rule.Subject;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.TypeMirror;

/** Writes {@code XClient}, which starts runs of {@code X} with the types of {@code X}. */
public final class ClientWriter {
    private static final ClassName MILLRACE = ClassName.get("dev.millrace.client", "Millrace");
    private static final ClassName DURABLE = ClassName.get("dev.millrace", "Durable");
    private static final ClassName RUN_STARTER = ClassName.get("dev.millrace.client", "RunStarter");
    private static final ClassName RUN_HANDLE = ClassName.get("dev.millrace.client", "RunHandle");
    private static final ClassName RUN_LOADER = ClassName.get("dev.millrace.client", "RunLoader");
    private static final ClassName START_OPTIONS = ClassName.get("dev.millrace.client", "StartOptions");

    /** Names that the generated methods use themselves. */
    private static final Set<String> TAKEN = Set.of("runs", "options", "inputs", "millrace");

    private final Subject subject;
    private final GeneratedNames names;
    private final ResultRecord resultRecord;
    private final Optional<TypeName> input;
    private final TypeName result;
    private final TypeName handle;

    public ClientWriter(Subject subject) {
        this.subject = subject;
        this.names = new GeneratedNames(subject.workflow(), subject.types());
        this.resultRecord = new ResultRecord(subject, names);
        this.input = subject.wiring().input().map(parameter -> names.boxed(parameter.type()));
        this.result = resultRecord.type();
        this.handle = ParameterizedTypeName.get(RUN_HANDLE, result);
    }

    /** Writes the client. */
    public void write(String shapeHash, Filer filer) throws IOException {
        var inputOrVoid = input.orElse(ClassName.get(Void.class));
        var visibility = names.visibility(mentioned());
        var type = TypeSpec.classBuilder(names.named("Client"))
                .addJavadoc(javadoc())
                .addModifiers(visibility)
                .addModifiers(Modifier.FINAL)
                .addField(FieldSpec.builder(
                                ParameterizedTypeName.get(WORKFLOW_REF, inputOrVoid, result),
                                "WORKFLOW",
                                Modifier.PRIVATE,
                                Modifier.STATIC,
                                Modifier.FINAL)
                        .initializer(
                                "new $T<>($>$>\n$S,\n$S,\n$L,\n$L)$<$<",
                                WORKFLOW_REF,
                                subject.workflow().name(),
                                shapeHash,
                                names.typeRef(inputOrVoid),
                                names.typeRef(result))
                        .build())
                .addField(
                        ParameterizedTypeName.get(RUN_STARTER, inputOrVoid, result),
                        "runs",
                        Modifier.PRIVATE,
                        Modifier.FINAL)
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(visibility)
                        .addJavadoc("A client that starts runs over this connection.\n")
                        .addParameter(MILLRACE, "millrace")
                        .addStatement("this.runs = millrace.workflow(WORKFLOW)")
                        .build())
                .addMethod(MethodSpec.constructorBuilder()
                        .addModifiers(visibility)
                        .addJavadoc(
                                "A client for durable code: the runs it starts are children of the run that the code belongs to.\n")
                        .addParameter(DURABLE, "durable")
                        .addStatement("this.runs = $T.within(durable, WORKFLOW)", RUN_STARTER)
                        .build())
                .addMethod(run())
                .addMethod(start(false))
                .addMethod(start(true));
        input.ifPresent(inputType -> type.addMethod(startAll(inputType)).addMethod(loader(inputType)));
        resultRecord.declaration(visibility).ifPresent(type::addType);
        names.write(type, filer);
    }

    private Stream<TypeMirror> mentioned() {
        return Stream.concat(
                subject.wiring().input().map(parameter -> parameter.type()).stream(),
                subject.wiring().results().stream().map(Method::returns));
    }

    private CodeBlock javadoc() {
        return CodeBlock.builder()
                .add(
                        "Starts runs of the workflow {@code $L}, which is {@link $T}:\n\n",
                        subject.workflow().name(),
                        names.workflow())
                .add(new Drawing(subject).javadoc())
                .add("\n<p>Thread-safe; make one and keep it.\n")
                .build();
    }

    private MethodSpec run() {
        var method = MethodSpec.methodBuilder("run")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("Starts a run and waits for its result.\n");
        input.ifPresent(type -> method.addParameter(type, inputName()));
        return subject.wiring().results().isEmpty()
                ? method.addStatement("runs.run($L)", inputArgument()).build()
                : method.returns(result)
                        .addStatement("return runs.run($L)", inputArgument())
                        .build();
    }

    private MethodSpec start(boolean withOptions) {
        var method = MethodSpec.methodBuilder("start")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc(withOptions ? "Starts a run with options of its own.\n" : "Starts a run.\n")
                .returns(handle);
        input.ifPresent(type -> method.addParameter(type, inputName()));
        if (withOptions) {
            method.addParameter(ParameterSpec.builder(
                            ParameterizedTypeName.get(ClassName.get(UnaryOperator.class), START_OPTIONS), "options")
                    .build());
        }
        return method.addStatement("return runs.start($L$L)", inputArgument(), withOptions ? ", options" : "")
                .build();
    }

    private MethodSpec startAll(TypeName inputType) {
        return MethodSpec.methodBuilder("startAll")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("Starts a run for each input; the handles are in the order of the inputs.\n")
                .returns(ParameterizedTypeName.get(ClassName.get(List.class), handle))
                .addParameter(
                        ParameterizedTypeName.get(
                                ClassName.get(Collection.class), WildcardTypeName.subtypeOf(inputType)),
                        "inputs")
                .addStatement("return runs.startAll(inputs)")
                .build();
    }

    private static MethodSpec loader(TypeName inputType) {
        return MethodSpec.methodBuilder("loader")
                .addModifiers(Modifier.PUBLIC)
                .addJavadoc("Starts runs for any number of inputs without keeping them.\n")
                .returns(ParameterizedTypeName.get(RUN_LOADER, inputType))
                .addStatement("return runs.loader()")
                .build();
    }

    private String inputName() {
        var name = subject.wiring().input().orElseThrow().name();
        return TAKEN.contains(name) ? "input" : name;
    }

    /** A workflow without input is started with {@code null}, the only value of {@code Void}. */
    private String inputArgument() {
        return input.isPresent() ? inputName() : "null";
    }
}
