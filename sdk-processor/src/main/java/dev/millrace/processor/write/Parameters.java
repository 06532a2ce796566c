package dev.millrace.processor.write;

import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.StreamSpec;
import dev.millrace.manifest.WaitSpec;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.read.DurationLiteral;
import dev.millrace.processor.rule.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.lang.model.type.TypeMirror;

/** Says in a manifest where the arguments of a method come from. */
final class Parameters {
    private final Subject subject;

    Parameters(Subject subject) {
        this.subject = subject;
    }

    /** The parameters of a step or handler. */
    List<ParameterSpec> of(Method method) {
        var specs = new ArrayList<ParameterSpec>();
        for (var parameter : method.parameters()) {
            specs.add(of(method, parameter));
        }
        return specs;
    }

    /** What a step streams, if it does. */
    Optional<StreamSpec> stream(Method step) {
        for (var parameter : step.parameters()) {
            if (subject.wiring().source(parameter) instanceof Source.Stream stream) {
                return Optional.of(new StreamSpec(
                        type(stream.item()), subject.given().get(parameter).json()));
            }
        }
        return Optional.empty();
    }

    private ParameterSpec of(Method method, Parameter parameter) {
        var name = parameter.name();
        var source = subject.wiring().source(parameter);
        if (source instanceof Source.Parent parent) {
            return ParameterSpec.step(name, parent.step().name());
        }
        if (source instanceof Source.Element element) {
            return new ParameterSpec(
                    name, ParameterSpec.Source.STEP, element.step().name(), ParameterSpec.Mode.EACH);
        }
        if (source instanceof Source.OptionalParent parent) {
            return new ParameterSpec(
                    name, ParameterSpec.Source.STEP, parent.step().name(), ParameterSpec.Mode.OPTIONAL);
        }
        if (source instanceof Source.ParentOutcome parent) {
            return new ParameterSpec(
                    name, ParameterSpec.Source.STEP, parent.step().name(), ParameterSpec.Mode.OUTCOME);
        }
        if (source instanceof Source.Event event) {
            return ParameterSpec.awaiting(
                    name, ParameterSpec.Source.EVENT, mode(event.optional()), event(parameter, event));
        }
        if (source instanceof Source.Approval approval) {
            return ParameterSpec.awaiting(
                    name, ParameterSpec.Source.APPROVAL, mode(approval.optional()), form(method, parameter, approval));
        }
        if (source instanceof Source.Turn) {
            return ParameterSpec.turn(name);
        }
        if (source instanceof Source.Durable) {
            return ParameterSpec.durable(name);
        }
        if (source instanceof Source.Stream) {
            return ParameterSpec.emitter(name);
        }
        if (source instanceof Source.Failure) {
            return new ParameterSpec(name, ParameterSpec.Source.FAILURE, "", ParameterSpec.Mode.VALUE);
        }
        return source instanceof Source.Context || source instanceof Source.Connection
                ? ParameterSpec.context(name)
                : ParameterSpec.input(name);
    }

    private static ParameterSpec.Mode mode(boolean optional) {
        return optional ? ParameterSpec.Mode.OPTIONAL : ParameterSpec.Mode.VALUE;
    }

    private WaitSpec event(Parameter parameter, Source.Event event) {
        var await = parameter.await().orElseThrow();
        return new WaitSpec(
                await.text("event").orElse(""),
                await.text("where").orElse(""),
                timeout(parameter),
                "",
                type(event.payload()),
                subject.given().get(parameter).json());
    }

    private WaitSpec form(Method method, Parameter parameter, Source.Approval form) {
        var approval = parameter.approval().orElseThrow();
        return new WaitSpec(
                approval.text("value").orElse(method.name()),
                "",
                timeout(parameter),
                approval.text("role").orElse(""),
                type(form.answer()),
                subject.given().get(parameter).json());
    }

    private static Optional<Duration> timeout(Parameter parameter) {
        return parameter
                .waiting()
                .flatMap(wait -> wait.text("timeout"))
                .flatMap(text -> DurationLiteral.positive(text).asOptional());
    }

    private String type(TypeMirror type) {
        return subject.types().shortName(type);
    }
}
