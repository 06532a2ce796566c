package dev.millrace.expression;

import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.StepSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The expressions that decide about the runs and tasks of a workflow, compiled: conditions, keys of concurrency limits, rate
 * limits and fair turns, weights, costs. Keep it with the version, because compiling costs much and evaluating little. Immutable;
 * safe for use by many threads.
 *
 * <p>Expressions may name {@code input} and {@code metadata}, those of a step also its parameters that take a value; a parameter
 * whose parent was skipped or has no value is {@code null}. One question costs at most {@value #MAX_COST} steps of evaluation,
 * however many elements a step is mapped over; what is too costly, has no value or the wrong type is {@link Answer.Untold}.
 */
public final class WorkflowExpressions {
    /** The most steps of evaluation for all tasks of a step together: about a fifth of a second. */
    public static final long MAX_COST = 20L * Expressions.MAX_COST;

    private static final String INPUT = "input";
    private static final String METADATA = "metadata";

    /** What the start of a run decides: about the run, and about the steps that need no more than it knows. */
    public record AtStart(Answer run, Map<Integer, Answer> steps) {
        public AtStart {
            steps = Map.copyOf(steps);
        }
    }

    /**
     * What decides whether a start is a run of its own.
     *
     * @param window starts of equal value are gathered, or replace each other; empty without a key
     * @param throttle starts of equal value share a throttle; empty without a key
     * @param untold why the keys cannot be told
     */
    public record AtDoor(String window, String throttle, Optional<Answer.Untold> untold) {}

    /**
     * What the expressions of a step say.
     *
     * @param perElement whether there is one answer for each element; else the only one is for all tasks
     */
    public record OfStep(boolean perElement, List<Answer> answers) {
        public OfStep {
            answers = List.copyOf(answers);
        }
    }

    private final Manifest manifest;
    private final Optional<PlaceExpressions> workflow;
    private final DoorExpressions door;
    private final Map<Integer, PlaceExpressions> steps = new LinkedHashMap<>();
    /** Those of the steps that can be decided with the input and the metadata alone. */
    private final Set<Integer> early = new HashSet<>();

    /**
     * Compiles the expressions of a manifest.
     *
     * @throws InvalidManifestException at the first that cannot be evaluated
     */
    public WorkflowExpressions(Manifest manifest) {
        this.manifest = manifest;
        var scopes = new ManifestScopes(manifest);
        workflow = manifest.sharing().hasExpressions()
                ? Optional.of(new PlaceExpressions(
                        "workflow '" + manifest.workflow() + "'",
                        "",
                        scopes.ofRun(),
                        "",
                        manifest.sharing(),
                        List.of(),
                        Optional.empty()))
                : Optional.empty();
        door = new DoorExpressions(manifest, scopes.ofStart());
        for (int i = 0; i < manifest.steps().size(); i++) {
            var step = manifest.steps().get(i);
            if (step.hasExpressions()) {
                var place = new PlaceExpressions(
                        "step '" + step.name() + "'",
                        "steps[" + i + "].",
                        scopes.ofTask(step),
                        step.when(),
                        step.sharing(),
                        step.rateLimits(),
                        step.batch());
                steps.put(i, place);
                if (knownAtStart(step).containsAll(place.names())) {
                    early.add(i);
                }
            }
        }
    }

    private static Set<String> knownAtStart(StepSpec step) {
        var known = new HashSet<>(Set.of(INPUT, METADATA));
        for (var parameter : step.parameters()) {
            if (parameter.source() == ParameterSpec.Source.INPUT) {
                known.add(parameter.name());
            }
        }
        return known;
    }

    /** Whether the input of a run is the list of what several starts bring. */
    public boolean gathers() {
        return manifest.triggers().collect().isPresent();
    }

    /**
     * Evaluates the keys of windows and throttles.
     *
     * @param input of the start: where starts are gathered, one element of the run's input
     */
    public AtDoor atDoor(JsonValue input, Map<String, String> metadata) {
        return door.isEmpty() ? new AtDoor("", "", Optional.empty()) : door.answer(variables(input, metadata));
    }

    /** Whether a start has keys of windows or throttles. */
    public boolean decideAtDoor() {
        return !door.isEmpty();
    }

    /** Whether the start of a run has something to decide. */
    public boolean decideAtStart() {
        return workflow.isPresent() || !early.isEmpty();
    }

    /**
     * Decides what can be decided when a run starts.
     *
     * @param input {@link JsonValue#NULL} where the workflow takes none
     */
    public AtStart atStart(JsonValue input, Map<String, String> metadata) {
        var variables = variables(input, metadata);
        Answer run = workflow.isPresent()
                ? workflow.get().answer(workflow.get().bind(variables), new Purse(MAX_COST))
                : new Answer.Ahead(List.of(), "", 1, List.of(), List.of());
        Map<Integer, Answer> known = new HashMap<>();
        for (int step : early) {
            var place = steps.get(step);
            var own = new HashMap<>(variables);
            addInput(own, step, input);
            known.put(step, place.answer(place.bind(own), new Purse(MAX_COST)));
        }
        return new AtStart(run, known);
    }

    /**
     * Decides about the tasks of a step whose parents have ended.
     *
     * @param step number of the step in the manifest; it has expressions
     * @param parameters the values of the step's parameters by name, at least of those that its expressions name; of one that takes
     *     an element, the list of all elements
     * @param elements how many tasks the step has, at least 1
     */
    public OfStep ofStep(
            int step, JsonValue input, Map<String, String> metadata, Map<String, JsonValue> parameters, int elements) {
        var place = steps.get(step);
        var purse = new Purse(MAX_COST);
        var variables = new HashMap<>(parameters);
        addInput(variables, step, input);
        variables.putAll(variables(input, metadata));
        var element = element(step).filter(name -> place.names().contains(name));
        if (element.isEmpty()) {
            return new OfStep(false, List.of(place.answer(place.bind(variables), purse)));
        }
        if (!(variables.remove(element.get()) instanceof JsonValue.Array list)
                || list.items().size() != elements) {
            throw new IllegalArgumentException("Parameter '" + element.get() + "' of step '"
                    + manifest.steps().get(step).name() + "' has no list of " + elements + " elements.");
        }
        var bound = place.bind(variables);
        boolean conditionOfEach = place.namesOfCondition().contains(element.get());
        if (!conditionOfEach) {
            var verdict = place.condition(bound, purse);
            if (verdict.isPresent()) {
                return new OfStep(false, List.of(verdict.get()));
            }
        }
        var answers = new ArrayList<Answer>(elements);
        for (int i = 0; i < elements; i++) {
            bound.putAll(place.bind(Map.of(element.get(), list.items().get(i))));
            answers.add(conditionOfEach ? place.answer(bound, purse) : place.terms(bound, purse));
        }
        return new OfStep(true, answers);
    }

    /** The name of the parameter that takes one element. */
    private Optional<String> element(int step) {
        return manifest.steps().get(step).parameters().stream()
                .filter(parameter -> parameter.mode() == ParameterSpec.Mode.EACH)
                .map(ParameterSpec::name)
                .filter(name -> !name.equals(INPUT) && !name.equals(METADATA))
                .findFirst();
    }

    private void addInput(Map<String, JsonValue> variables, int step, JsonValue input) {
        for (var parameter : manifest.steps().get(step).parameters()) {
            if (parameter.source() == ParameterSpec.Source.INPUT) {
                variables.putIfAbsent(parameter.name(), input);
            }
        }
    }

    private static Map<String, JsonValue> variables(JsonValue input, Map<String, String> metadata) {
        Map<String, JsonValue> labels = new HashMap<>();
        metadata.forEach((name, value) -> labels.put(name, JsonValue.of(value)));
        return Map.of(INPUT, input, METADATA, new JsonValue.Object(labels));
    }
}
