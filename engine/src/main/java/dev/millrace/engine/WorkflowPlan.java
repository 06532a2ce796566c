package dev.millrace.engine;

import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.StepPolicy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A manifest with its nodes numbered: steps come first in the order of the manifest, then the compensations, then the
 * on-failure handler. Immutable.
 */
public final class WorkflowPlan {
    private final Manifest manifest;
    private final String shape;
    private final List<String> names = new ArrayList<>();
    private final List<StepPolicy> policies = new ArrayList<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final BitSet mapped = new BitSet();
    private final BitSet takenApart = new BitSet();

    /**
     * Makes the plan.
     *
     * @throws IllegalArgumentException if a step names another that does not exist; registration refuses such manifests
     */
    public WorkflowPlan(Manifest manifest) {
        this.manifest = manifest;
        this.shape = manifest.shapeHash();
        manifest.steps().forEach(step -> add(step.name(), step.policy()));
        manifest.compensations()
                .forEach(compensation -> add(
                        compensation.handler().name(), compensation.handler().policy()));
        manifest.onFailure().ifPresent(handler -> add(handler.name(), handler.policy()));
        for (int node = 0; node < steps(); node++) {
            for (var parameter : manifest.steps().get(node).parameters()) {
                if (parameter.mode() == ParameterSpec.Mode.EACH) {
                    mapped.set(node);
                    takenApart.set(node(parameter.step())
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "Workflow " + manifest.workflow() + " has no step \"" + parameter.step() + "\".")));
                }
            }
        }
    }

    private void add(String name, StepPolicy policy) {
        numbers.putIfAbsent(name, names.size());
        names.add(name);
        policies.add(policy);
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
        return names.size();
    }

    /** How many of the nodes are steps; they come first. */
    public int steps() {
        return manifest.steps().size();
    }

    /** The name of a node. */
    public String name(int node) {
        return names.get(node);
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
        return takenApart.get(node) && !mapped(node);
    }

    /** Whether the node makes one task per element of a parent's list. */
    public boolean mapped(int node) {
        return mapped.get(node);
    }

    StepPolicy policy(int node) {
        return policies.get(node);
    }
}
