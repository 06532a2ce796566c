package dev.millrace.engine;

import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.StepPolicy;
import java.util.List;
import java.util.Optional;

/**
 * A manifest made ready for running: nodes are numbered, edges are arrays. Steps come first in the order of the manifest,
 * then the compensations, then the on-failure handler. Immutable.
 */
public final class WorkflowPlan {
    private final Manifest manifest;
    private final List<String> names;
    private final List<StepPolicy> policies;

    public WorkflowPlan(Manifest manifest) {
        this.manifest = manifest;
        var names = new java.util.ArrayList<String>();
        var policies = new java.util.ArrayList<StepPolicy>();
        for (var step : manifest.steps()) {
            names.add(step.name());
            policies.add(step.policy());
        }
        for (var compensation : manifest.compensations()) {
            names.add(compensation.handler().name());
            policies.add(compensation.handler().policy());
        }
        manifest.onFailure().ifPresent(handler -> {
            names.add(handler.name());
            policies.add(handler.policy());
        });
        this.names = List.copyOf(names);
        this.policies = List.copyOf(policies);
    }

    public Manifest manifest() {
        return manifest;
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
        int node = names.indexOf(name);
        return node < 0 ? Optional.empty() : Optional.of(node);
    }

    StepPolicy policy(int node) {
        return policies.get(node);
    }
}
