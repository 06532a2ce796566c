package dev.millrace.engine;

import dev.millrace.manifest.HandlerSpec;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.StepPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest made ready for running: nodes are numbered, edges are arrays. Steps come first in the order of the manifest,
 * then the compensations, then the on-failure handler. Immutable.
 */
public final class WorkflowPlan {
    private static final int[] NO_NODES = {};

    private final Manifest manifest;
    private final String shape;
    private final String[] names;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final StepPolicy[] policies;
    private final ParameterSpec[][] parameters;
    private final int[][] sources;
    private final int[][] parents;
    private final int[][] children;
    private final boolean[] takesOutcome;
    private final int[] mappedParent;
    private final boolean[] feedsMapped;
    private final RateLimitUse[][] limits;
    private final int[] compensationOf;
    private final int onFailure;

    /**
     * Makes the plan.
     *
     * @throws IllegalArgumentException if a step names another that does not exist; registration refuses such manifests
     */
    public WorkflowPlan(Manifest manifest) {
        this.manifest = manifest;
        this.shape = manifest.shapeHash();
        int steps = manifest.steps().size();
        int handlers = manifest.compensations().size();
        onFailure = manifest.onFailure().isPresent() ? steps + handlers : -1;
        int size = steps + handlers + (onFailure < 0 ? 0 : 1);
        names = new String[size];
        policies = new StepPolicy[size];
        parameters = new ParameterSpec[size][];
        sources = new int[size][];
        parents = new int[steps][];
        takesOutcome = new boolean[size];
        mappedParent = new int[size];
        feedsMapped = new boolean[steps];
        limits = new RateLimitUse[size][];
        compensationOf = new int[steps];
        for (int node = 0; node < steps; node++) {
            var step = manifest.steps().get(node);
            name(node, step.name(), step.policy(), step.parameters());
            limits[node] = step.rateLimits().toArray(RateLimitUse[]::new);
            compensationOf[node] = -1;
        }
        for (int i = 0; i < handlers; i++) {
            handler(steps + i, manifest.compensations().get(i).handler());
        }
        manifest.onFailure().ifPresent(handler -> handler(onFailure, handler));
        for (int node = 0; node < size; node++) {
            connect(node);
        }
        for (int node = 0; node < steps; node++) {
            parents[node] = manifest.steps().get(node).parents().stream()
                    .mapToInt(this::number)
                    .toArray();
        }
        for (int i = 0; i < handlers; i++) {
            compensationOf[number(manifest.compensations().get(i).undoes())] = steps + i;
        }
        children = invert(parents);
    }

    private void handler(int node, HandlerSpec handler) {
        name(node, handler.name(), handler.policy(), handler.parameters());
        limits[node] = new RateLimitUse[0];
    }

    private void name(int node, String name, StepPolicy policy, List<ParameterSpec> parameters) {
        names[node] = name;
        numbers.putIfAbsent(name, node);
        policies[node] = policy;
        this.parameters[node] = parameters.toArray(ParameterSpec[]::new);
    }

    private void connect(int node) {
        mappedParent[node] = -1;
        sources[node] = new int[parameters[node].length];
        for (int i = 0; i < parameters[node].length; i++) {
            var parameter = parameters[node][i];
            sources[node][i] = parameter.source() == ParameterSpec.Source.STEP ? number(parameter.step()) : -1;
            takesOutcome[node] |= parameter.mode() == ParameterSpec.Mode.OUTCOME;
            if (parameter.mode() == ParameterSpec.Mode.EACH) {
                mappedParent[node] = sources[node][i];
                feedsMapped[sources[node][i]] = true;
            }
        }
    }

    private static int[][] invert(int[][] parents) {
        var lists = new ArrayList<List<Integer>>();
        for (int node = 0; node < parents.length; node++) {
            lists.add(new ArrayList<>(1));
        }
        for (int node = 0; node < parents.length; node++) {
            for (int parent : parents[node]) {
                lists.get(parent).add(node);
            }
        }
        var arrays = new int[parents.length][];
        for (int node = 0; node < parents.length; node++) {
            var list = lists.get(node);
            arrays[node] = list.isEmpty()
                    ? NO_NODES
                    : list.stream().mapToInt(Integer::intValue).toArray();
        }
        return arrays;
    }

    private int number(String step) {
        Integer number = numbers.get(step);
        if (number == null) {
            throw new IllegalArgumentException("Workflow " + manifest.workflow() + " has no step \"" + step + "\".");
        }
        return number;
    }

    public Manifest manifest() {
        return manifest;
    }

    /** The hash of the DAG and the schemas: workers of equal shape can serve each other's runs. */
    public String shape() {
        return shape;
    }

    /** How many nodes there are: steps, compensations and the handler. */
    public int size() {
        return names.length;
    }

    /** How many of the nodes are steps; they come first. */
    public int steps() {
        return parents.length;
    }

    /** The name of a node. */
    public String name(int node) {
        return names[node];
    }

    /** The number of the node with this name. */
    public Optional<Integer> node(String name) {
        return Optional.ofNullable(numbers.get(name));
    }

    /**
     * Whether the elements of this step's list have to be counted, because a mapped step takes them one by one. Not those
     * of a step that is mapped itself: its list has as many elements as it has tasks.
     */
    public boolean feedsMapped(int node) {
        return node < feedsMapped.length && feedsMapped[node] && !mapped(node);
    }

    /** Whether the node makes one task per element of a parent's list. */
    public boolean mapped(int node) {
        return mappedParent[node] >= 0;
    }

    StepPolicy policy(int node) {
        return policies[node];
    }

    ParameterSpec[] parameters(int node) {
        return parameters[node];
    }

    /** The step that gives a parameter its value, or -1. */
    int source(int node, int parameter) {
        return sources[node][parameter];
    }

    int[] parents(int node) {
        return parents[node];
    }

    int[] children(int node) {
        return children[node];
    }

    boolean takesOutcome(int node) {
        return takesOutcome[node];
    }

    int mappedParent(int node) {
        return mappedParent[node];
    }

    RateLimitUse[] limits(int node) {
        return limits[node];
    }

    /** The node that undoes a step, or -1. */
    int compensationOf(int step) {
        return compensationOf[step];
    }

    /** The on-failure handler's node, or -1. */
    int onFailure() {
        return onFailure;
    }
}
