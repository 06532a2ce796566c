package dev.millrace.engine.core;

import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.LimitName;
import dev.millrace.engine.OpenWait;
import dev.millrace.engine.scheduling.Kind.Take;
import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.BatchSpec;
import dev.millrace.manifest.BudgetSpec;
import dev.millrace.manifest.Delivery;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.Pinning;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.Sharing;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.Triggers;
import dev.millrace.manifest.placement.PlacementSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A manifest as the core runs it: nodes by number, edges as arrays. Numbers are those of {@code WorkflowPlan}. Immutable. */
final class Plan {

    /** What a step demands of a parent, and why it cannot run without. */
    enum Demand {
        /** It succeeded with a value. */
        VALUE,
        /** It succeeded. */
        SUCCESS,
        /** It succeeded, or was skipped. */
        OPTIONAL,
        /** It ended. */
        OUTCOME
    }

    record Edge(int parent, Demand demand) {}

    /**
     * Where an argument comes from.
     *
     * @param parent number of the step, {@link #INPUT}, {@link #WAIT} for what the step waited for, or {@link #TURN} for what the turn
     *     before left
     * @param each whether a task takes only its own element
     */
    record Recipe(int parameter, int parent, boolean each) {
        static final int INPUT = -1;
        static final int WAIT = -2;
        static final int TURN = -3;
    }

    /**
     * What the tasks of a step wait for before they begin.
     *
     * @param parameter which takes it
     * @param timeoutMicros how long; {@code Long.MAX_VALUE} for as long as the run may
     * @param optional whether the step begins without it when the time is up
     * @param digest {@link OpenWait#OF_INPUT}, or empty
     */
    record Wait(
            int parameter,
            CheckpointKey key,
            CheckpointKind kind,
            long timeoutMicros,
            boolean optional,
            String digest) {}

    /** A step, compensation or handler. */
    static final class Node {
        final int number;
        final String name;
        final long timeoutMicros;
        final long queueTimeoutMicros;
        final int retries;
        final Backoff backoff;
        final boolean atMostOnce;
        /** Whether its completion is committed together with its effect, in a database that only its workers know. */
        final boolean transactional;
        /** Whether it stores what it does, and leaves its worker while it waits. */
        boolean durable;

        final int slots;
        /** Of which kind they are; empty for those that every worker has. */
        final String slotKind;

        final Permitted permitted;
        /** Tokens that every attempt takes; none has a key here, and those whose cost is an expression cost 0. */
        final List<Take> takes;

        final PlacementSpec placement;
        /** Whether it has turns of its own, other than those of its workflow. */
        final boolean fair;

        final Recipe[] arguments;
        /** In the order of the parameters. */
        List<Wait> waits = List.of();
        /** Parents with what is demanded of them; a parent may be there more than once. */
        Edge[] edges = {};
        /** How many different parents there are. */
        int parents;

        int[] successors = {};
        /** The step whose list is taken apart, or -1. */
        int mappedOver = -1;
        /** Whether it has expressions: a condition, keys, a weight or costs. */
        boolean asks;
        /** Whether its tasks share calls with those of other runs. */
        Optional<BatchSpec> batch = Optional.empty();
        /** Whether a successor takes its result apart. */
        boolean takenApart;

        boolean takesOutcome;
        /** Whether it is called again until it is done. */
        boolean loop;
        /** Whether it may succeed without a value. */
        boolean mayBeEmpty;
        /** Parents have lower ranks than their successors. */
        int rank;
        /** Number of the node that undoes it, or -1. */
        int compensation = -1;

        Node(
                int number,
                String name,
                StepPolicy policy,
                Sharing sharing,
                String owner,
                List<Take> takes,
                Recipe[] arguments) {
            this.number = number;
            this.name = name;
            this.timeoutMicros = Instants.micros(policy.timeout());
            this.queueTimeoutMicros = Instants.micros(policy.queueTimeout());
            this.retries = policy.retries();
            this.backoff = policy.backoff();
            this.atMostOnce = policy.delivery() == Delivery.AT_MOST_ONCE;
            this.transactional = policy.delivery() == Delivery.TRANSACTIONAL;
            this.slots = policy.slots();
            this.slotKind = policy.slotKind();
            this.permitted = new Permitted(sharing, owner);
            this.takes = takes;
            this.placement = policy.placement();
            this.fair = sharing.fairness().isPresent();
            this.arguments = arguments;
        }

        boolean isMapped() {
            return mappedOver >= 0;
        }
    }

    final Node[] nodes;
    final int steps;
    /** The steps, parents before their successors. */
    final int[] ordered;
    /** Number of the on-failure handler, or -1. */
    final int onFailure;

    final boolean hasMapped;
    /** Whether some step is durable. */
    final boolean hasDurable;
    /** Whether the edge brings something to its runs. */
    final boolean isBrought;

    final long deadlineMicros;
    /** Which workers may go on with its runs. */
    final Pinning pinning;

    final Permitted permitted;
    /** What its runs may use. */
    final List<BudgetSpec> budgets;
    /** What becomes of starts before they are runs. */
    final Triggers triggers;

    Plan(Manifest manifest) {
        permitted = new Permitted(manifest.sharing(), manifest.workflow());
        var numbers = manifest.stepNumbers();
        budgets = manifest.budgets();
        triggers = manifest.triggers();
        deadlineMicros = Instants.micros(manifest.deadline());
        pinning = manifest.pinning();
        steps = manifest.steps().size();
        nodes = new Node
                [steps + manifest.compensations().size() + (manifest.onFailure().isPresent() ? 1 : 0)];
        for (int i = 0; i < steps; i++) {
            var step = manifest.steps().get(i);
            nodes[i] = new Node(
                    i,
                    step.name(),
                    step.policy(),
                    step.sharing(),
                    LimitName.owner(manifest.workflow(), step.name()),
                    takes(step.rateLimits()),
                    recipes(step.parameters(), numbers));
            nodes[i].mayBeEmpty = step.output().kind() == OutputSpec.Kind.OPTIONAL;
            nodes[i].loop = step.output().kind() == OutputSpec.Kind.LOOP;
            nodes[i].batch = step.batch();
            nodes[i].asks = step.hasExpressions();
            nodes[i].durable = step.kind() == StepSpec.Kind.DURABLE;
            nodes[i].waits = waits(step.parameters());
        }
        int next = steps;
        for (var compensation : manifest.compensations()) {
            var handler = compensation.handler();
            nodes[next] = new Node(
                    next,
                    handler.name(),
                    handler.policy(),
                    Sharing.NONE,
                    "",
                    List.of(),
                    recipes(handler.parameters(), numbers));
            nodes[numbers.get(compensation.undoes())].compensation = next++;
        }
        onFailure = manifest.onFailure().isPresent() ? next : -1;
        manifest.onFailure()
                .ifPresent(handler -> nodes[onFailure] = new Node(
                        onFailure,
                        handler.name(),
                        handler.policy(),
                        Sharing.NONE,
                        "",
                        List.of(),
                        recipes(handler.parameters(), numbers)));
        link(manifest.steps(), numbers);
        ordered = order();
        boolean mapped = false;
        boolean durable = false;
        boolean waits = false;
        for (int i = 0; i < steps; i++) {
            nodes[ordered[i]].rank = i;
            mapped |= nodes[i].isMapped();
            durable |= nodes[i].durable;
            waits |= !nodes[i].waits.isEmpty();
        }
        hasMapped = mapped;
        hasDurable = durable;
        isBrought = durable || waits;
    }

    private static List<Take> takes(List<RateLimitUse> uses) {
        return uses.stream()
                .map(use -> new Take(use.name(), "", use.costExpression().isEmpty() ? use.cost() : 0))
                .toList();
    }

    /** Whether starts of it wait for others before they are runs. */
    boolean hasWindow() {
        return triggers.collect().isPresent() || triggers.debounce().isPresent();
    }

    /** Whether a start of it may become something else than a run of its own. */
    boolean isGuarded() {
        return hasWindow() || triggers.throttle().isPresent();
    }

    boolean isStep(int node) {
        return node < steps;
    }

    private static Recipe[] recipes(List<ParameterSpec> parameters, Map<String, Integer> numbers) {
        var recipes = new ArrayList<Recipe>();
        for (int i = 0; i < parameters.size(); i++) {
            var parameter = parameters.get(i);
            switch (parameter.source()) {
                case INPUT -> recipes.add(new Recipe(i, Recipe.INPUT, false));
                case STEP ->
                    recipes.add(
                            new Recipe(i, numbers.get(parameter.step()), parameter.mode() == ParameterSpec.Mode.EACH));
                case EVENT, APPROVAL -> recipes.add(new Recipe(i, Recipe.WAIT, false));
                case TURN -> recipes.add(new Recipe(i, Recipe.TURN, false));
                case CONTEXT, FAILURE, DURABLE, EMITTER -> {
                    // made by the worker
                }
            }
        }
        return recipes.toArray(Recipe[]::new);
    }

    private static List<Wait> waits(List<ParameterSpec> parameters) {
        var waits = new ArrayList<Wait>();
        for (int i = 0; i < parameters.size(); i++) {
            var parameter = parameters.get(i);
            if (parameter.awaits().isPresent()) {
                var spec = parameter.awaits().get();
                int count = 1
                        + (int) waits.stream()
                                .filter(other -> other.key().name().equals(spec.name()))
                                .count();
                waits.add(new Wait(
                        i,
                        new CheckpointKey(CheckpointKey.BEFORE, spec.name(), count),
                        parameter.source() == ParameterSpec.Source.EVENT
                                ? CheckpointKind.EVENT
                                : CheckpointKind.APPROVAL,
                        spec.timeout().map(Instants::micros).orElse(Long.MAX_VALUE),
                        parameter.mode() == ParameterSpec.Mode.OPTIONAL,
                        OpenWait.namesInput(spec.where()) ? OpenWait.OF_INPUT : ""));
            }
        }
        return List.copyOf(waits);
    }

    private void link(List<StepSpec> specs, Map<String, Integer> numbers) {
        var successors = new ArrayList<List<Integer>>();
        for (int i = 0; i < steps; i++) {
            successors.add(new ArrayList<>());
        }
        for (int i = 0; i < steps; i++) {
            var node = nodes[i];
            var edges = new ArrayList<Edge>();
            Set<Integer> parents = new LinkedHashSet<>();
            for (var name : specs.get(i).after()) {
                edges.add(new Edge(numbers.get(name), Demand.SUCCESS));
                parents.add(numbers.get(name));
            }
            for (var parameter : specs.get(i).parameters()) {
                if (parameter.source() == ParameterSpec.Source.STEP) {
                    int parent = numbers.get(parameter.step());
                    edges.add(new Edge(parent, demand(node, parent, parameter.mode())));
                    parents.add(parent);
                }
            }
            node.edges = edges.toArray(Edge[]::new);
            node.parents = parents.size();
            for (int parent : parents) {
                successors.get(parent).add(i);
            }
        }
        for (int i = 0; i < steps; i++) {
            nodes[i].successors =
                    successors.get(i).stream().mapToInt(Integer::intValue).toArray();
        }
    }

    private Demand demand(Node node, int parent, ParameterSpec.Mode mode) {
        return switch (mode) {
            case VALUE -> Demand.VALUE;
            case EACH -> {
                node.mappedOver = parent;
                nodes[parent].takenApart = true;
                yield Demand.VALUE;
            }
            case OPTIONAL -> Demand.OPTIONAL;
            case OUTCOME -> {
                node.takesOutcome = true;
                yield Demand.OUTCOME;
            }
        };
    }

    private int[] order() {
        var order = new int[steps];
        var missing = new int[steps];
        var free = new ArrayDeque<Integer>();
        for (int i = 0; i < steps; i++) {
            missing[i] = nodes[i].parents;
            if (missing[i] == 0) {
                free.add(i);
            }
        }
        int count = 0;
        while (!free.isEmpty()) {
            int node = free.remove();
            order[count++] = node;
            for (int successor : nodes[node].successors) {
                if (--missing[successor] == 0) {
                    free.add(successor);
                }
            }
        }
        if (count < steps) {
            throw new IllegalArgumentException("The steps of the workflow wait for each other in a circle.");
        }
        return order;
    }
}
