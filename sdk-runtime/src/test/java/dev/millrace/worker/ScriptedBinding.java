package dev.millrace.worker;

import dev.millrace.TypeRef;
import dev.millrace.binding.Answer;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.Parameter;
import dev.millrace.binding.WorkflowBinding;
import dev.millrace.manifest.ManifestJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

final class ScriptedBinding implements WorkflowBinding<Scripted> {
    private static final TypeRef<Scripted.Order> ORDER = TypeRef.of(Scripted.Order.class);
    private static final TypeRef<Scripted.Receipt> RECEIPT = TypeRef.of(Scripted.Receipt.class);
    private static final TypeRef<Optional<Scripted.Receipt>> MAYBE = new TypeRef<>() {};

    ScriptedBinding() {}

    @Override
    public Class<Scripted> workflowClass() {
        return Scripted.class;
    }

    @Override
    public String workflow() {
        return "scripted";
    }

    @Override
    public String manifestResource() {
        return "META-INF/millrace/dev.millrace.worker.Scripted.json";
    }

    @Override
    public String version() {
        try (var in = Scripted.class.getClassLoader().getResourceAsStream(manifestResource())) {
            return ManifestJson.read(in.readAllBytes()).hash();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public TypeRef<?> input() {
        return ORDER;
    }

    @Override
    public List<MethodBinding<Scripted>> steps() {
        var parameters = List.of(Parameter.input(ORDER), Parameter.context());
        return List.of(
                new MethodBinding<Scripted>(
                        "ship",
                        parameters,
                        RECEIPT,
                        List.of(),
                        List.of(IllegalStateException.class),
                        (workflow, arguments) -> workflow.ship(arguments.at(0), arguments.at(1))),
                new MethodBinding<Scripted>(
                        "maybe",
                        parameters,
                        MAYBE,
                        List.of(IOException.class),
                        List.of(java.io.FileNotFoundException.class),
                        (workflow, arguments) -> workflow.maybe(arguments.at(0), arguments.at(1))),
                new MethodBinding<Scripted>(
                        "later",
                        parameters,
                        RECEIPT,
                        Answer.STAGE,
                        List.of(),
                        List.of(IllegalStateException.class),
                        (workflow, arguments) -> workflow.later(arguments.at(0), arguments.at(1))),
                new MethodBinding<Scripted>(
                        "soon",
                        parameters,
                        TypeRef.of(Void.class),
                        Answer.STAGE,
                        (workflow, arguments) -> workflow.soon(arguments.at(0), arguments.at(1))),
                new MethodBinding<Scripted>("check", parameters, TypeRef.of(Void.class), (workflow, arguments) -> {
                    workflow.check(arguments.at(0), arguments.at(1));
                    return null;
                }),
                new MethodBinding<Scripted>(
                        "pick",
                        List.of(Parameter.parent("lines", String.class), Parameter.context()),
                        RECEIPT,
                        (workflow, arguments) -> workflow.pick(arguments.at(0), arguments.at(1))),
                new MethodBinding<Scripted>(
                        "join",
                        List.of(Parameter.optional("maybe", RECEIPT), Parameter.outcome("ship", RECEIPT)),
                        RECEIPT,
                        (workflow, arguments) -> workflow.join(arguments.at(0), arguments.at(1))),
                new MethodBinding<Scripted>(
                                "quote",
                                parameters,
                                RECEIPT,
                                (workflow, arguments) -> workflow.ship(arguments.at(0), arguments.at(1)))
                        .withFallback((workflow, arguments) ->
                                workflow.guess(arguments.at(0), arguments.at(1), arguments.<Throwable>at(2))),
                new MethodBinding<Scripted>(
                        "price",
                        parameters,
                        RECEIPT,
                        (workflow, arguments) -> workflow.ship(arguments.at(0), arguments.at(1))),
                new MethodBinding<Scripted>(
                        "together",
                        List.of(Parameter.input(ORDER)),
                        RECEIPT,
                        (workflow, arguments) -> workflow.together(arguments.at(0))),
                new MethodBinding<Scripted>(
                        "tell",
                        List.of(Parameter.input(ORDER), Parameter.context(), Parameter.emitter(String.class)),
                        RECEIPT,
                        (workflow, arguments) -> workflow.tell(arguments.at(0), arguments.at(1), arguments.at(2))),
                new MethodBinding<Scripted>(
                        "lines", List.of(), new TypeRef<List<String>>() {}, (workflow, arguments) -> List.of("a")));
    }

    @Override
    public List<MethodBinding<Scripted>> compensations() {
        return List.of(new MethodBinding<Scripted>(
                "undo",
                List.of(Parameter.parent("ship", RECEIPT), Parameter.parent("maybe", MAYBE)),
                TypeRef.of(Void.class),
                (workflow, arguments) -> {
                    workflow.undo(arguments.at(0), arguments.at(1));
                    return null;
                }));
    }

    @Override
    public Optional<MethodBinding<Scripted>> onFailure() {
        return Optional.of(new MethodBinding<Scripted>(
                "alert",
                List.of(Parameter.input(ORDER), Parameter.failure()),
                TypeRef.of(Void.class),
                (workflow, arguments) -> {
                    workflow.alert(arguments.at(0), arguments.at(1));
                    return null;
                }));
    }
}
