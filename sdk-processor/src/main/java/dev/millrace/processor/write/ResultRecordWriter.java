package dev.millrace.processor.write;

import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.MethodSpec;
import com.palantir.javapoet.ParameterSpec;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.rule.Subject;
import java.io.IOException;
import java.util.List;
import javax.annotation.processing.Filer;

/**
 * What a run results in, as a type: nothing, the value of one step, or the record {@code XResult} of several, with a
 * component per step.
 */
final class ResultRecordWriter {
    private final Subject subject;
    private final GeneratedNames names;
    private final List<Method> results;

    ResultRecordWriter(Subject subject, GeneratedNames names) {
        this.subject = subject;
        this.names = names;
        this.results = subject.wiring().results();
    }

    /** The type of the run's result; {@code Void} for none. */
    TypeName type() {
        return switch (results.size()) {
            case 0 -> ClassName.get(Void.class);
            case 1 -> names.boxed(subject.wiring().value(results.get(0)));
            default -> names.named("Result");
        };
    }

    /** Writes the record, if there is to be one. */
    void write(Filer filer) throws IOException {
        if (results.size() < 2) {
            return;
        }
        var constructor = MethodSpec.constructorBuilder();
        var type = TypeSpec.recordBuilder(names.named("Result"))
                .addJavadoc("What a run of {@link $T} results in.\n\n", names.workflow())
                .addModifiers(names.visibility(results.stream().map(Method::returns)));
        for (var step : results) {
            constructor.addParameter(ParameterSpec.builder(
                            TypeName.get(subject.wiring().value(step)).withoutAnnotations(), step.name())
                    .build());
            type.addJavadoc("@param $L what {@code $L} returned\n", step.name(), step.label());
        }
        names.write(type.recordConstructor(constructor.build()), filer);
    }
}
