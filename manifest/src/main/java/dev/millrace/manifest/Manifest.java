package dev.millrace.manifest;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One immutable version of a workflow: its steps, how they depend on each other, their policies and the JSON Schemas of
 * what goes in and comes out. A version is named by {@link #hash()}; two manifests with the same hash are the same version.
 *
 * <p>The lists keep the order of the source file, because a step's position in {@link #steps()} is its number in every
 * journal entry of runs of this version.
 *
 * @param workflow name of the workflow, unique within a tenant; see {@link Names}
 * @param source fully qualified name of the class, for people only; it may be renamed freely
 * @param description one or more sentences for the dashboard; may be empty
 * @param visibility who may start runs
 * @param weight whether runs show up in the default lists and how long they are kept
 * @param deadline the longest a run may take, from its start to its end
 * @param input what a run is started with
 * @param steps the nodes of the DAG, at least one, at most {@value #MAX_STEPS}
 * @param compensations what undoes a step when the run fails after it
 * @param onFailure the handler that is called last when a run fails or times out
 * @param rateLimits the token buckets that the steps name
 * @param result which steps make up the run's result
 * @param tags free words for searching
 * @param pinning which workers may go on with a run that has begun
 * @param actions what durable steps call as stored tasks
 * @param sharing how many runs at once, and whose turn it is
 * @param budgets how much a run may spend
 * @param triggers what starts runs beside clients, and what becomes of starts before they are runs
 * @param metadata fixed labels of every run, by name in order of the alphabet
 */
public record Manifest(
        String workflow,
        String source,
        String description,
        Visibility visibility,
        Weight weight,
        Duration deadline,
        Input input,
        List<StepSpec> steps,
        List<CompensationSpec> compensations,
        Optional<HandlerSpec> onFailure,
        List<RateLimitSpec> rateLimits,
        ResultSpec result,
        List<String> tags,
        Pinning pinning,
        List<ActionSpec> actions,
        Sharing sharing,
        List<BudgetSpec> budgets,
        Triggers triggers,
        Map<String, String> metadata) {

    /** The version of the JSON form that this code writes; it reads this one and older ones. */
    public static final int FORMAT = 1;

    /** The most steps one workflow may have. */
    public static final int MAX_STEPS = 10_000;

    public Manifest {
        Names.requireName("workflow", "workflow", workflow);
        Objects.requireNonNull(visibility, "visibility");
        Objects.requireNonNull(weight, "weight");
        Limits.requirePositive("deadline", "The deadline", deadline);
        Objects.requireNonNull(input, "input");
        steps = List.copyOf(steps);
        compensations = List.copyOf(compensations);
        rateLimits = List.copyOf(rateLimits);
        Objects.requireNonNull(result, "result");
        tags = List.copyOf(tags);
        Objects.requireNonNull(pinning, "pinning");
        actions = List.copyOf(actions);
        Objects.requireNonNull(sharing, "sharing");
        budgets = List.copyOf(budgets);
        Objects.requireNonNull(triggers, "triggers");
        metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    }

    /** A workflow that only clients start, without actions, shared limits, budgets and labels. */
    public Manifest(
            String workflow,
            String source,
            String description,
            Visibility visibility,
            Weight weight,
            Duration deadline,
            Input input,
            List<StepSpec> steps,
            List<CompensationSpec> compensations,
            Optional<HandlerSpec> onFailure,
            List<RateLimitSpec> rateLimits,
            ResultSpec result,
            List<String> tags) {
        this(
                workflow,
                source,
                description,
                visibility,
                weight,
                deadline,
                input,
                steps,
                compensations,
                onFailure,
                rateLimits,
                result,
                tags,
                Defaults.PINNING,
                List.of(),
                Sharing.NONE,
                List.of(),
                Triggers.NONE,
                Map.of());
    }

    /** A workflow of this name that takes any input and has the default policy; its steps are still to be named. */
    public static ManifestBuilder named(String workflow) {
        return new Manifest(
                        workflow,
                        "",
                        "",
                        Defaults.VISIBILITY,
                        Defaults.WEIGHT,
                        Defaults.RUN_DEADLINE,
                        new Input("java.lang.Object", JsonValue.TRUE),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        List.of(),
                        new ResultSpec(List.of()),
                        List.of())
                .toBuilder();
    }

    /** A builder that begins with what this manifest says. */
    public ManifestBuilder toBuilder() {
        return new ManifestBuilder(this);
    }

    /** The step with this name, if there is one. */
    public Optional<StepSpec> step(String name) {
        return steps.stream().filter(step -> step.name().equals(name)).findFirst();
    }

    /** The position of each step in {@link #steps()}, by name. */
    public Map<String, Integer> stepNumbers() {
        var numbers = new HashMap<String, Integer>();
        for (int i = 0; i < steps.size(); i++) {
            numbers.put(steps.get(i).name(), i);
        }
        return numbers;
    }

    /** The name of this version: a hash over everything in it that matters to a run; see {@link ManifestHashes}. */
    public String hash() {
        return ManifestHashes.of(this).version();
    }

    /** The hash over the DAG and the schemas only: workers of equal shape can serve each other's runs. */
    public String shapeHash() {
        return ManifestHashes.of(this).shape();
    }
}
