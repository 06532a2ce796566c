package dev.millrace.processor.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/**
 * Which argument every parameter gets: the graph of a workflow, found by types.
 *
 * <p>The one rule: a parameter is the result of the step that returns its type, or the workflow's input. A step never
 * waits for itself, so its own result is no candidate where there is another. The input is the type with {@code @Input};
 * without one, the type that no step returns. If there are several such types, the one that most parameters have is
 * taken, so that the rest can be reported as what they probably are: mistakes.
 */
public final class Wiring {
    private final Workflow workflow;
    private final TypeSystem types;
    private final Map<Parameter, Source> sources = new LinkedHashMap<>();
    private final Optional<Parameter> input;

    private Wiring(Workflow workflow, TypeSystem types) {
        this.workflow = workflow;
        this.types = types;
        for (var method : workflow.methods()) {
            for (var parameter : method.parameters()) {
                sources.put(parameter, source(method, parameter));
            }
        }
        var declared = declaredInput();
        this.input = declared.isPresent() ? declared : inferredInput();
        for (var entry : sources.entrySet()) {
            entry.setValue(againstInput(entry.getKey(), entry.getValue()));
        }
    }

    /** Finds the graph of a workflow. */
    public static Wiring of(Workflow workflow, TypeSystem types) {
        return new Wiring(workflow, types);
    }

    /** Where the argument for a parameter comes from. */
    public Source source(Parameter parameter) {
        return sources.get(parameter);
    }

    /** Whether a step is durable: it takes a {@code Durable}. */
    public boolean durable(Method step) {
        for (var parameter : step.parameters()) {
            if (source(parameter) instanceof Source.Durable) {
                return true;
            }
        }
        return false;
    }

    /** The first parameter that takes the workflow's input; its type is the input's. */
    public Optional<Parameter> input() {
        return input;
    }

    /**
     * The type of what a parameter is given from outside the graph: the payload of an event, the answer of a human, the
     * argument of an action; or of the items that an emitter streams.
     */
    public Optional<TypeMirror> given(Parameter parameter) {
        var source = source(parameter);
        if (source instanceof Source.Event event) {
            return Optional.of(event.payload());
        }
        if (source instanceof Source.Approval approval) {
            return Optional.of(approval.answer());
        }
        if (source instanceof Source.Stream stream) {
            return Optional.of(stream.item());
        }
        return source instanceof Source.Argument ? Optional.of(parameter.type()) : Optional.empty();
    }

    /** The value that a step gives to others: of a mapped step, the list of what its calls gave. */
    public TypeMirror value(Method step) {
        return step.mapped() && step.hasValue() ? types.listOf(valueOfOneCall(step)) : valueOfOneCall(step);
    }

    /** The value that one call of the method gives; what a wrapper such as {@code Optional} wraps. */
    public TypeMirror valueOfOneCall(Method step) {
        return step.returned().value();
    }

    /** The steps that must succeed before a step begins, with or without data from them, in the order of the source. */
    public List<Method> parents(Method step) {
        var names = new HashSet<>(step.annotation().texts("after"));
        for (var parameter : step.parameters()) {
            var parent = parent(parameter);
            if (parent.isPresent()) {
                names.add(parent.get().name());
            }
        }
        var parents = new ArrayList<Method>();
        for (var candidate : workflow.steps()) {
            if (names.contains(candidate.name())) {
                parents.add(candidate);
            }
        }
        return parents;
    }

    /** The type of the value that a parameter is, is about, or is an element of. */
    public TypeMirror wanted(Parameter parameter) {
        return parameter.each().isPresent()
                ? types.listOf(parameter.type())
                : parameter.taken().value();
    }

    /** The step whose result a parameter is, is about, or is an element of. */
    public Optional<Method> parent(Parameter parameter) {
        var source = source(parameter);
        if (source instanceof Source.Parent parent) {
            return Optional.of(parent.step());
        }
        if (source instanceof Source.OptionalParent parent) {
            return Optional.of(parent.step());
        }
        if (source instanceof Source.ParentOutcome parent) {
            return Optional.of(parent.step());
        }
        return source instanceof Source.Element element ? Optional.of(element.step()) : Optional.empty();
    }

    /** Whether a run may succeed without a value of this step: it may be skipped, or return an empty {@code Optional}. */
    public boolean mayLackValue(Method step) {
        return step.returned().wrapper() == Returned.Wrapper.OPTIONAL || maySkip(step, new HashSet<>());
    }

    /**
     * Whether a run may skip the step: because its condition does not hold, or because something is skipped, or empty, that it
     * cannot do without.
     */
    private boolean maySkip(Method step, Set<Method> asked) {
        if (step.when().isPresent()) {
            return true;
        }
        if (!asked.add(step)) {
            return false;
        }
        var after = step.annotation().texts("after");
        for (var parent : workflow.steps()) {
            if (after.contains(parent.name()) && maySkip(parent, asked)) {
                return true;
            }
        }
        for (var parameter : step.parameters()) {
            var parent = parent(parameter);
            if (!parameter.taken().wrapped()
                    && parent.isPresent()
                    && (parent.get().returned().wrapper() == Returned.Wrapper.OPTIONAL
                            || maySkip(parent.get(), asked))) {
                return true;
            }
        }
        return false;
    }

    /**
     * The steps whose values are the run's result: those with {@code @Result}; without any, those with a value that no
     * other step with a value waits for.
     */
    public List<Method> results() {
        var marked = new ArrayList<Method>();
        var last = new ArrayList<Method>();
        for (var step : workflow.steps()) {
            if (step.hasValue()) {
                last.add(step);
                if (step.result().isPresent()) {
                    marked.add(step);
                }
            }
        }
        if (!marked.isEmpty()) {
            return marked;
        }
        for (var step : List.copyOf(last)) {
            var parents = parents(step);
            parents.remove(step);
            last.removeAll(parents);
        }
        return last;
    }

    /**
     * The steps that a compensation could undo: the one it names, or those whose result it takes. Right if there is one.
     */
    public List<Method> undone(Method compensation) {
        var named = named(compensation);
        if (named.isPresent()) {
            return List.of(named.get());
        }
        var steps = new LinkedHashSet<Method>();
        for (var parameter : compensation.parameters()) {
            if (source(parameter) instanceof Source.Parent parent) {
                steps.add(parent.step());
            } else if (source(parameter) instanceof Source.Ambiguous ambiguous) {
                steps.addAll(ambiguous.steps());
            }
        }
        return List.copyOf(steps);
    }

    private Optional<Method> named(Method compensation) {
        var name = compensation.annotation().text("value");
        return name.isPresent() ? workflow.step(name.get()) : Optional.empty();
    }

    private Source source(Method method, Parameter parameter) {
        var type = parameter.type();
        if (types.isA(type, Vocabulary.STEP_CONTEXT)) {
            return new Source.Context();
        }
        if (types.isA(type, Vocabulary.RUN_FAILURE)) {
            return new Source.Failure();
        }
        if (types.isA(type, Vocabulary.DURABLE)) {
            return new Source.Durable();
        }
        if (types.isA(type, Vocabulary.EMITTER)) {
            return new Source.Stream(types.argument(type));
        }
        if (types.isA(type, Vocabulary.CONNECTION)) {
            return new Source.Connection();
        }
        if (types.mentions(type, Vocabulary.GIVEN_TYPES) || types.mentions(type, Vocabulary.ONLY_RESULTS)) {
            return new Source.Unsupported();
        }
        if (method.role() == Role.ACTION) {
            return new Source.Argument();
        }
        if (parameter.waiting().isPresent()) {
            return waiting(parameter);
        }
        if (isTurn(method, parameter)) {
            return turn(method, parameter);
        }
        if (parameter.taken().wrapped()) {
            return wrapped(method, parameter);
        }
        if (method.role() == Role.COMPENSATION && parameter.from().isEmpty()) {
            var named = named(method);
            if (named.isPresent()
                    && named.get().hasValue()
                    && types.same(value(named.get()), type)
                    && parameter.input().isEmpty()) {
                return new Source.Parent(named.get());
            }
        }
        if (parameter.from().isPresent()) {
            return named(method, parameter, parameter.from().get().text("value").orElse(""));
        }
        return parameter.input().isPresent() ? new Source.Input() : byType(method, parameter);
    }

    private Source wrapped(Method method, Parameter parameter) {
        var taken = parameter.taken();
        if (taken.raw()
                || taken.nested()
                || taken.vague()
                || parameter.each().isPresent()
                || parameter.input().isPresent()) {
            return new Source.Malformed();
        }
        return parameter.from().isPresent()
                ? named(method, parameter, parameter.from().get().text("value").orElse(""))
                : byType(method, parameter);
    }

    private Source waiting(Parameter parameter) {
        boolean optional = types.isA(parameter.type(), Vocabulary.OPTIONAL);
        var value = optional ? types.argument(parameter.type()) : parameter.type();
        return parameter.await().isPresent() ? new Source.Event(value, optional) : new Source.Approval(value, optional);
    }

    /** Whether the parameter is the state of the turn before: an {@code Optional} of what the method's own loop is about. */
    private boolean isTurn(Method method, Parameter parameter) {
        return method.role() == Role.STEP
                && parameter
                        .from()
                        .flatMap(from -> from.text("value"))
                        .map(name -> isNamed(method, name))
                        .orElse(true)
                && parameter.input().isEmpty()
                && parameter.each().isEmpty()
                && method.returned().wrapper() == Returned.Wrapper.LOOP
                && types.isA(parameter.type(), Vocabulary.OPTIONAL)
                && types.same(types.argument(parameter.type()), valueOfOneCall(method));
    }

    private boolean isNamed(Method method, String name) {
        return workflow.step(name)
                .filter(step -> step.element().equals(method.element()))
                .isPresent();
    }

    /** Where other steps return the same, the parameter says whether it is the turn before. */
    private Source turn(Method method, Parameter parameter) {
        var state = types.argument(parameter.type());
        var steps = workflow.steps().stream()
                .filter(step ->
                        step.element().equals(method.element()) || step.hasValue() && types.same(value(step), state))
                .toList();
        return steps.size() == 1 || parameter.from().isPresent() ? new Source.Turn(state) : new Source.Ambiguous(steps);
    }

    private Source named(Method method, Parameter parameter, String name) {
        var step = workflow.step(name);
        if (step.isEmpty()) {
            return new Source.NoSuchStep(name);
        }
        if (step.get().element().equals(method.element())) {
            return new Source.Self();
        }
        if (!step.get().hasValue()) {
            return new Source.FromVoid(step.get());
        }
        return types.same(value(step.get()), wanted(parameter))
                ? from(parameter, step.get())
                : new Source.Mismatch(step.get());
    }

    private Source byType(Method method, Parameter parameter) {
        var wanted = wanted(parameter);
        boolean own = false;
        var others = new ArrayList<Method>();
        for (var step : workflow.steps()) {
            if (step.hasValue() && types.same(value(step), wanted)) {
                if (step.element().equals(method.element())) {
                    own = true;
                } else {
                    others.add(step);
                }
            }
        }
        if (others.isEmpty()) {
            return own ? new Source.Self() : unknown(parameter);
        }
        return others.size() == 1 ? from(parameter, others.get(0)) : new Source.Ambiguous(others);
    }

    private static Source from(Parameter parameter, Method step) {
        return switch (parameter.taken().wrapper()) {
            case OPTIONAL -> new Source.OptionalParent(step);
            case OUTCOME -> new Source.ParentOutcome(step);
            case NONE -> parameter.each().isPresent() ? new Source.Element(step) : new Source.Parent(step);
        };
    }

    private static Source unknown(Parameter parameter) {
        if (parameter.taken().wrapped()) {
            return new Source.NoParent();
        }
        return parameter.each().isPresent() ? new Source.NoList() : new Source.Unknown();
    }

    private Optional<Parameter> declaredInput() {
        for (var entry : sources.entrySet()) {
            if (entry.getValue() instanceof Source.Input) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    private Optional<Parameter> inferredInput() {
        var candidates = new ArrayList<Parameter>();
        for (var step : workflow.steps()) {
            for (var parameter : step.parameters()) {
                if (sources.get(parameter) instanceof Source.Unknown
                        && parameter.type().getKind() != TypeKind.ERROR) {
                    candidates.add(parameter);
                }
            }
        }
        Optional<Parameter> most = Optional.empty();
        long mostUses = 0;
        for (var candidate : candidates) {
            long uses = 0;
            for (var other : candidates) {
                uses += types.same(other.type(), candidate.type()) ? 1 : 0;
            }
            if (uses > mostUses) {
                most = Optional.of(candidate);
                mostUses = uses;
            }
        }
        return most;
    }

    private Source againstInput(Parameter parameter, Source source) {
        var isInput = input.isPresent() && types.same(input.get().type(), parameter.type());
        if (source instanceof Source.Unknown && isInput) {
            return new Source.Input();
        }
        return source instanceof Source.Input && !isInput ? new Source.OtherInput() : source;
    }
}
