package dev.millrace.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.rule.Subject;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.Modifier;

/**
 * What a run results in, as a type: nothing, the value of one step, or a record of several with a component per step.
 *
 * <p>The record is a member of the client and no class of its own, because of a fault of javac 17: where the class file of
 * an earlier compilation is on the class path, it reads that one as soon as a processor writes a source of its name, keeps
 * the old components beside the new ones, and fails with a {@code NullPointerException}. It reads members only when they
 * are asked for.
 */
final class ResultRecord {
    private final Subject subject;
    private final GeneratedNames names;
    private final List<Method> results;

    ResultRecord(Subject subject, GeneratedNames names) {
        this.subject = subject;
        this.names = names;
        this.results = subject.wiring().results();
    }

    /** The type of the run's result; {@code Void} for none. */
    TypeName type() {
        return switch (results.size()) {
            case 0 -> ClassName.get(Void.class);
            case 1 -> component(results.get(0), names.boxed(subject.wiring().value(results.get(0))));
            default -> names.named("Client").nestedClass("Result");
        };
    }

    /** The type of a step's value in the result: a run may succeed without the value of a step that may be skipped. */
    private TypeName component(Method step, TypeName value) {
        return subject.wiring().mayLackValue(step)
                ? ParameterizedTypeName.get(ClassName.get(Optional.class), value.box())
                : value;
    }

    /** The record, if there is to be one. */
    Optional<TypeSpec> declaration(Modifier... visibility) {
        if (results.size() < 2) {
            return Optional.empty();
        }
        var constructor = MethodSpec.constructorBuilder();
        var type = TypeSpec.recordBuilder("Result")
                .addJavadoc("What a run results in: the values of its last steps.\n\n")
                .addModifiers(visibility);
        for (var step : results) {
            constructor.addParameter(ParameterSpec.builder(
                            component(
                                    step,
                                    TypeName.get(subject.wiring().value(step)).withoutAnnotations()),
                            step.name())
                    .build());
            type.addJavadoc(
                    "@param $L what {@code $L} returned$L\n",
                    step.name(),
                    step.label(),
                    subject.wiring().mayLackValue(step) ? ", if it did" : "");
        }
        return Optional.of(type.recordConstructor(constructor.build()).build());
    }
}
