package dev.millrace.processor.write;

import dev.millrace.manifest.CompensationSpec;
import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.HandlerSpec;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.Visibility;
import dev.millrace.manifest.Weight;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.read.Policies;
import dev.millrace.processor.read.RateLimits;
import dev.millrace.processor.rule.Subject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import javax.lang.model.element.Element;

/** Says in a manifest what a workflow is; only for workflows that keep every rule. */
public final class ManifestBuilder {
    private static final long ONE_TOKEN = 1;

    private final Subject subject;
    private final ToIntFunction<Element> lines;

    /**
     * Builds from what is known about a workflow.
     *
     * @param lines the line of an element in its source file, 0 when unknown
     */
    public ManifestBuilder(Subject subject, ToIntFunction<Element> lines) {
        this.subject = subject;
        this.lines = lines;
    }

    /** The manifest. */
    public Manifest build() {
        var workflow = subject.workflow();
        var annotation = workflow.annotation();
        return new Manifest(
                workflow.name(),
                workflow.type().getQualifiedName().toString(),
                annotation.text("description").orElse(""),
                annotation.constant("visibility").map(Visibility::valueOf).orElse(Defaults.VISIBILITY),
                annotation.constant("weight").map(Weight::valueOf).orElse(Defaults.WEIGHT),
                Policies.duration(annotation, "timeout", Defaults.RUN_DEADLINE),
                input(),
                workflow.steps().stream().map(this::step).toList(),
                workflow.of(Role.COMPENSATION).stream().map(this::compensation).toList(),
                workflow.of(Role.ON_FAILURE).stream().map(this::handler).findFirst(),
                List.copyOf(rateLimits().values()),
                new ResultSpec(
                        subject.wiring().results().stream().map(Method::name).toList()),
                annotation.texts("tags"));
    }

    private Input input() {
        var input = subject.wiring().input();
        return input.isEmpty()
                ? new Input("void", new JsonValue.Object(Map.of("type", JsonValue.of("null"))))
                : new Input(
                        subject.types().shortName(input.get().type()),
                        subject.input().orElseThrow().json());
    }

    private StepSpec step(Method step) {
        var output = step.hasValue()
                ? new OutputSpec(
                        kind(step),
                        subject.types().shortName(subject.wiring().valueOfOneCall(step)),
                        subject.values().get(step).json())
                : OutputSpec.VOID;
        return new StepSpec(
                step.name(),
                step.parameters().stream().map(this::parameter).toList(),
                step.annotation().texts("after"),
                output,
                Policies.of(step, subject.types().elements()),
                uses(step),
                lines.applyAsInt(step.element()));
    }

    private static OutputSpec.Kind kind(Method step) {
        return step.returned().wrapper() == Returned.Wrapper.OPTIONAL
                ? OutputSpec.Kind.OPTIONAL
                : OutputSpec.Kind.VALUE;
    }

    /** The buckets of a step, each once, although the class and the method may both name it. */
    private List<RateLimitUse> uses(Method step) {
        var uses = new LinkedHashMap<String, RateLimitUse>();
        for (var limit : subject.workflow().rateLimits(step)) {
            RateLimits.of(limit)
                    .ifPresent(spec -> uses.putIfAbsent(spec.name(), new RateLimitUse(spec.name(), ONE_TOKEN)));
        }
        return List.copyOf(uses.values());
    }

    private Map<String, RateLimitSpec> rateLimits() {
        var limits = new TreeMap<String, RateLimitSpec>();
        for (var step : subject.workflow().steps()) {
            for (var limit : subject.workflow().rateLimits(step)) {
                RateLimits.of(limit).ifPresent(spec -> limits.putIfAbsent(spec.name(), spec));
            }
        }
        return limits;
    }

    private CompensationSpec compensation(Method compensation) {
        return new CompensationSpec(subject.wiring().undone(compensation).get(0).name(), handler(compensation));
    }

    private HandlerSpec handler(Method method) {
        return new HandlerSpec(
                method.name(),
                method.parameters().stream().map(this::parameter).toList(),
                Policies.of(method, subject.types().elements()),
                lines.applyAsInt(method.element()));
    }

    private ParameterSpec parameter(Parameter parameter) {
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
        if (source instanceof Source.Failure) {
            return new ParameterSpec(name, ParameterSpec.Source.FAILURE, "", ParameterSpec.Mode.VALUE);
        }
        return source instanceof Source.Context ? ParameterSpec.context(name) : ParameterSpec.input(name);
    }
}
