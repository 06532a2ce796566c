package dev.millrace.processor.write;

import dev.millrace.manifest.ActionSpec;
import dev.millrace.manifest.CompensationSpec;
import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.HandlerSpec;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.Pinning;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.Visibility;
import dev.millrace.manifest.Weight;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.read.Placements;
import dev.millrace.processor.read.Policies;
import dev.millrace.processor.read.RateLimits;
import dev.millrace.processor.read.Sharings;
import dev.millrace.processor.read.TriggerReader;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.schema.ArgumentsSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import javax.lang.model.element.Element;

/** Says in a manifest what a workflow is; only for workflows that keep every rule. */
public final class ManifestBuilder {

    private final Subject subject;
    private final ToIntFunction<Element> lines;
    private final Parameters parameters;

    /**
     * Builds from what is known about a workflow.
     *
     * @param lines the line of an element in its source file, 0 when unknown
     */
    public ManifestBuilder(Subject subject, ToIntFunction<Element> lines) {
        this.subject = subject;
        this.lines = lines;
        this.parameters = new Parameters(subject);
    }

    /** The manifest. */
    public Manifest build() {
        var workflow = subject.workflow();
        var annotation = workflow.annotation();
        var steps = new ArrayList<StepSpec>();
        for (var step : workflow.steps()) {
            steps.add(step(step));
        }
        var compensations = new ArrayList<CompensationSpec>();
        for (var compensation : workflow.of(Role.COMPENSATION)) {
            compensations.add(compensation(compensation));
        }
        var actions = new ArrayList<ActionSpec>();
        for (var action : workflow.actions()) {
            actions.add(action(action));
        }
        var onFailure = workflow.of(Role.ON_FAILURE);
        var results = new ArrayList<String>();
        for (var result : subject.wiring().results()) {
            results.add(result.name());
        }
        var manifest = new Manifest(
                workflow.name(),
                workflow.type().getQualifiedName().toString(),
                annotation.text("description").orElse(""),
                annotation.constant("visibility").map(Visibility::valueOf).orElse(Defaults.VISIBILITY),
                annotation.constant("weight").map(Weight::valueOf).orElse(Defaults.WEIGHT),
                deadline(),
                input(),
                steps,
                compensations,
                onFailure.isEmpty() ? Optional.empty() : Optional.of(handler(onFailure.get(0))),
                List.copyOf(rateLimits().values()),
                new ResultSpec(results),
                annotation.texts("tags"));
        return manifest.toBuilder()
                .actions(actions)
                .pinning(annotation.constant("pinning").map(Pinning::valueOf).orElse(Defaults.PINNING))
                .sharing(Sharings.of(
                        workflow.annotations(Vocabulary.CONCURRENCY), workflow.annotations(Vocabulary.FAIR)))
                .budgets(TriggerReader.budgets(workflow))
                .triggers(TriggerReader.triggers(workflow))
                .metadata(TriggerReader.metadata(workflow))
                .build();
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
        var spec = new StepSpec(
                step.name(),
                parameters.of(step),
                step.annotation().texts("after"),
                output(step),
                policy(step),
                uses(subject.workflow().rateLimits(step)),
                lines.applyAsInt(step.element()));
        var more = spec.toBuilder()
                .kind(kind(step))
                .when(step.when().isPresent() ? step.when().get().text("value").orElse("") : "")
                .sharing(Sharings.of(step))
                .fallback(fallback(step));
        var batch = Sharings.batch(step);
        var circuitBreaker = Sharings.circuitBreaker(step);
        var stream = parameters.stream(step);
        if (batch.isPresent()) {
            more.batch(batch.get());
        }
        if (circuitBreaker.isPresent()) {
            more.circuitBreaker(circuitBreaker.get());
        }
        if (stream.isPresent()) {
            more.stream(stream.get());
        }
        return more.build();
    }

    private ActionSpec action(Method action) {
        var handedOver = action.parameters().stream()
                .filter(parameter -> subject.wiring().source(parameter) instanceof Source.Argument)
                .map(Parameter::element)
                .toList();
        return new ActionSpec(
                action.name(),
                ArgumentsSchema.description(action.element(), subject.types()),
                ArgumentsSchema.of(action.element(), handedOver, subject.types()),
                output(action),
                policy(action),
                uses(action.rateLimits()),
                Sharings.of(action),
                Sharings.circuitBreaker(action),
                fallback(action),
                lines.applyAsInt(action.element()));
    }

    private static String fallback(Method method) {
        return method.annotation().text("fallback").orElse("");
    }

    private OutputSpec output(Method method) {
        if (!method.hasValue()) {
            return OutputSpec.VOID;
        }
        var kind = switch (method.returned().wrapper()) {
            case NONE -> OutputSpec.Kind.VALUE;
            case OPTIONAL -> OutputSpec.Kind.OPTIONAL;
            case LOOP -> OutputSpec.Kind.LOOP;
        };
        return new OutputSpec(
                kind,
                subject.types().shortName(subject.wiring().valueOfOneCall(method)),
                subject.values().get(method).json());
    }

    private StepSpec.Kind kind(Method step) {
        if (subject.wiring().durable(step)) {
            return StepSpec.Kind.DURABLE;
        }
        return step.returned().stage() ? StepSpec.Kind.ASYNC : StepSpec.Kind.PLAIN;
    }

    /** The time of a durable step includes its waits, so what it leaves out is bounded by the run alone. */
    private StepPolicy policy(Method method) {
        var timeout = subject.wiring().durable(method) ? deadline() : Defaults.STEP_TIMEOUT;
        var policy = Policies.of(method, timeout, subject.types().elements());
        // An action runs where the step is that calls it.
        return method.role() == Role.ACTION ? policy : policy.withPlacement(Placements.of(subject.workflow(), method));
    }

    private Duration deadline() {
        return Policies.duration(subject.workflow().annotation(), "timeout", Defaults.RUN_DEADLINE);
    }

    /** The buckets of a step, each once, although the class and the method may both name it. */
    private List<RateLimitUse> uses(List<Mirror> written) {
        var uses = new LinkedHashMap<String, RateLimitUse>();
        for (var limit : written) {
            var use = RateLimits.use(limit);
            uses.putIfAbsent(use.name(), use);
        }
        return List.copyOf(uses.values());
    }

    private Map<String, RateLimitSpec> rateLimits() {
        var limits = new TreeMap<String, RateLimitSpec>();
        for (var method : subject.workflow().stepsAndActions()) {
            for (var limit : subject.workflow().rateLimits(method)) {
                var spec = RateLimits.of(limit);
                if (spec.isPresent()) {
                    limits.putIfAbsent(spec.get().name(), spec.get());
                }
            }
        }
        return limits;
    }

    private CompensationSpec compensation(Method compensation) {
        return new CompensationSpec(subject.wiring().undone(compensation).get(0).name(), handler(compensation));
    }

    private HandlerSpec handler(Method method) {
        return new HandlerSpec(
                method.name(), parameters.of(method), policy(method), lines.applyAsInt(method.element()));
    }
}
