package dev.millrace.engine.harness;

import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.BatchSpec;
import dev.millrace.manifest.BudgetExceeded;
import dev.millrace.manifest.BudgetSpec;
import dev.millrace.manifest.CollectSpec;
import dev.millrace.manifest.CompensationSpec;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.DebounceSpec;
import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.Delivery;
import dev.millrace.manifest.HandlerSpec;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.ParameterSpec.Mode;
import dev.millrace.manifest.ParameterSpec.Source;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.Sharing;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.ThrottleSpec;
import dev.millrace.manifest.Triggers;
import dev.millrace.manifest.WaitSpec;
import dev.millrace.manifest.placement.PlacementSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes manifests for tests. Without retries, with short words. */
public final class WorkflowBuilder {
    private final String name;
    private Duration deadline = Defaults.RUN_DEADLINE;
    private final List<StepBuilder> steps = new ArrayList<>();
    private final List<CompensationSpec> compensations = new ArrayList<>();
    private final List<RateLimitSpec> limits = new ArrayList<>();
    private Optional<HandlerSpec> onFailure = Optional.empty();
    private final List<String> tags = new ArrayList<>();
    private final List<BudgetSpec> budgets = new ArrayList<>();
    private final List<ConcurrencySpec> concurrency = new ArrayList<>();
    private Triggers triggers = Triggers.NONE;

    private WorkflowBuilder(String name) {
        this.name = name;
    }

    public static WorkflowBuilder workflow(String name) {
        return new WorkflowBuilder(name);
    }

    /** A workflow with one step, "work". */
    public static Manifest oneStep(String name) {
        return workflow(name).step("work").build();
    }

    public WorkflowBuilder deadline(Duration deadline) {
        this.deadline = deadline;
        return this;
    }

    /** A tag changes the version but not the shape. */
    public WorkflowBuilder tag(String tag) {
        tags.add(tag);
        return this;
    }

    public WorkflowBuilder limit(String limit, long tokens, Duration period, long burst) {
        limits.add(new RateLimitSpec(limit, tokens, period, burst));
        return this;
    }

    /** A run may use so much of something. */
    public WorkflowBuilder budget(String usage, double most) {
        budgets.add(new BudgetSpec(usage, most, BudgetExceeded.FAIL));
        return this;
    }

    /** Runs may use so much, and then ask for more. */
    public WorkflowBuilder askingBudget(String usage, double most) {
        budgets.add(new BudgetSpec(usage, most, BudgetExceeded.ASK));
        return this;
    }

    /** So many of its runs go on at once. */
    public WorkflowBuilder concurrency(String name, int limit, ConcurrencyStrategy strategy) {
        return concurrency(name, "", limit, strategy);
    }

    /** So many of its runs of equal key go on at once. */
    public WorkflowBuilder concurrency(String name, String key, int limit, ConcurrencyStrategy strategy) {
        concurrency.add(new ConcurrencySpec(name, key, limit, strategy));
        return this;
    }

    /** Starts replace each other until none comes for a while. */
    public WorkflowBuilder debounced(Duration quiet, Optional<Duration> maxWait) {
        triggers = new Triggers(
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.of(new DebounceSpec(quiet, maxWait, "input.id")),
                triggers.throttle());
        return this;
    }

    /** Starts are gathered. */
    public WorkflowBuilder collected(int maxSize, Duration maxWait) {
        triggers = new Triggers(
                List.of(),
                List.of(),
                Optional.of(new CollectSpec(maxSize, maxWait, "input.id")),
                Optional.empty(),
                triggers.throttle());
        return this;
    }

    /** So many starts per period are let through. */
    public WorkflowBuilder throttled(int limit, Duration per) {
        triggers = new Triggers(
                List.of(),
                List.of(),
                triggers.collect(),
                triggers.debounce(),
                Optional.of(new ThrottleSpec(limit, per, "input.id")));
        return this;
    }

    /** A step that takes the values of its parents, or the input if there is none. */
    public WorkflowBuilder step(String step, String... parents) {
        return step(step, builder -> builder.from(parents));
    }

    public WorkflowBuilder step(String step, Consumer<StepBuilder> details) {
        var builder = new StepBuilder(step);
        details.accept(builder);
        steps.add(builder);
        return this;
    }

    /** A compensation, named "undo-" and the step, that takes what the step made. */
    public WorkflowBuilder compensated(String step) {
        return compensated(step, builder -> {});
    }

    public WorkflowBuilder compensated(String step, Consumer<StepBuilder> details) {
        var builder = new StepBuilder("undo-" + step).from(step);
        details.accept(builder);
        compensations.add(new CompensationSpec(step, builder.handler()));
        return this;
    }

    /** An on-failure handler, named "alert". */
    public WorkflowBuilder onFailure() {
        var builder = new StepBuilder("alert");
        builder.parameters.add(new ParameterSpec("why", Source.FAILURE, "", Mode.VALUE));
        onFailure = Optional.of(builder.handler());
        return this;
    }

    public Manifest build() {
        var specs = new ArrayList<StepSpec>();
        for (var step : steps) {
            specs.add(step.step());
        }
        var plain = new Manifest(
                name,
                "test." + name,
                "",
                Defaults.VISIBILITY,
                Defaults.WEIGHT,
                deadline,
                new Input("java.lang.Object", JsonValue.TRUE),
                specs,
                compensations,
                onFailure,
                limits,
                new ResultSpec(List.of()),
                tags);
        return concurrency.isEmpty() && budgets.isEmpty() && triggers.isNone()
                ? plain
                : plain.toBuilder()
                        .sharing(concurrency.isEmpty() ? Sharing.NONE : new Sharing(concurrency, Optional.empty()))
                        .budgets(budgets)
                        .triggers(triggers)
                        .build();
    }

    /** One step or handler. */
    public static final class StepBuilder {
        private final String name;
        private final List<ParameterSpec> parameters = new ArrayList<>();
        private final List<String> after = new ArrayList<>();
        private final List<RateLimitUse> uses = new ArrayList<>();
        private Duration timeout = Defaults.STEP_TIMEOUT;
        private Duration queueTimeout = Defaults.QUEUE_TIMEOUT;
        private int retries;
        private Backoff backoff = Defaults.BACKOFF;
        private Delivery delivery = Delivery.AT_LEAST_ONCE;
        private int slots = 1;
        private String slotKind = "";
        private OutputSpec.Kind output = OutputSpec.Kind.VALUE;
        private String when = "";
        private PlacementSpec placement = PlacementSpec.ANYWHERE;
        private StepSpec.Kind kind = StepSpec.Kind.PLAIN;
        private Optional<BatchSpec> batch = Optional.empty();
        private final List<ConcurrencySpec> concurrency = new ArrayList<>();

        private StepBuilder(String name) {
            this.name = name;
        }

        public StepBuilder from(String... parents) {
            for (var parent : parents) {
                parameter(parent, Mode.VALUE);
            }
            return this;
        }

        public StepBuilder each(String parent) {
            return parameter(parent, Mode.EACH);
        }

        public StepBuilder optional(String parent) {
            return parameter(parent, Mode.OPTIONAL);
        }

        public StepBuilder outcome(String parent) {
            return parameter(parent, Mode.OUTCOME);
        }

        private StepBuilder parameter(String parent, Mode mode) {
            parameters.add(new ParameterSpec(parent, Source.STEP, parent, mode));
            return this;
        }

        /** Waits for an event before it begins. */
        public StepBuilder awaits(String event, Duration timeout, Mode mode) {
            return waits(Source.EVENT, event, "event.id == input.id", Optional.of(timeout), mode);
        }

        /** Waits for an answer before it begins, as long as the run may. */
        public StepBuilder asks(String title) {
            return waits(Source.APPROVAL, title, "", Optional.empty(), Mode.VALUE);
        }

        private StepBuilder waits(Source source, String name, String where, Optional<Duration> timeout, Mode mode) {
            parameters.add(ParameterSpec.awaiting(
                    "p" + parameters.size(),
                    source,
                    mode,
                    new WaitSpec(name, where, timeout, "", "java.lang.Object", JsonValue.TRUE)));
            return this;
        }

        public StepBuilder after(String... parents) {
            after.addAll(List.of(parents));
            return this;
        }

        public StepBuilder limit(String limit, long cost) {
            uses.add(new RateLimitUse(limit, cost));
            return this;
        }

        /** Takes from the bucket of the key that the terms say, as many tokens as they say. */
        public StepBuilder keyedLimit(String limit) {
            uses.add(new RateLimitUse(limit, "input.key", 1, "input.cost"));
            return this;
        }

        /** So many of its attempts go on at once. */
        public StepBuilder concurrency(String name, int limit, ConcurrencyStrategy strategy) {
            return concurrency(name, "", limit, strategy);
        }

        /** So many of its attempts of equal key go on at once. */
        public StepBuilder concurrency(String name, String key, int limit, ConcurrencyStrategy strategy) {
            concurrency.add(new ConcurrencySpec(name, key, limit, strategy));
            return this;
        }

        public StepBuilder placement(PlacementSpec placement) {
            this.placement = placement;
            return this;
        }

        public StepBuilder timeout(Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        public StepBuilder queueTimeout(Duration queueTimeout) {
            this.queueTimeout = queueTimeout;
            return this;
        }

        public StepBuilder retries(int retries) {
            this.retries = retries;
            return this;
        }

        public StepBuilder backoff(Backoff backoff) {
            this.backoff = backoff;
            return this;
        }

        public StepBuilder atMostOnce() {
            this.delivery = Delivery.AT_MOST_ONCE;
            return this;
        }

        /** Commits its completion with its effect. */
        public StepBuilder transactional() {
            this.delivery = Delivery.TRANSACTIONAL;
            return this;
        }

        public StepBuilder slots(int slots) {
            this.slots = slots;
            return this;
        }

        /** Takes so many slots of a kind that has a name. */
        public StepBuilder slots(String kind, int slots) {
            this.slotKind = kind;
            this.slots = slots;
            return this;
        }

        /** Runs only if this holds; see {@link EngineHarness#conditions}. */
        public StepBuilder when(String condition) {
            this.when = condition;
            return this;
        }

        /** Stores what it does, and leaves its worker while it waits. */
        public StepBuilder durable() {
            this.kind = StepSpec.Kind.DURABLE;
            return this;
        }

        boolean mayLoop() {
            return kind == StepSpec.Kind.PLAIN && batch.isEmpty() && delivery != Delivery.TRANSACTIONAL;
        }

        /** One call serves up to so many of its tasks; of equal key, if the terms say one. */
        public StepBuilder batch(int maxSize, Duration maxWait, String key) {
            this.batch = Optional.of(new BatchSpec(maxSize, maxWait, key));
            return this;
        }

        /** The result may be empty. */
        public StepBuilder mayBeEmpty() {
            this.output = OutputSpec.Kind.OPTIONAL;
            return this;
        }

        /** Is called again until it is done. */
        public StepBuilder loop() {
            this.output = OutputSpec.Kind.LOOP;
            return this;
        }

        private StepPolicy policy() {
            return new StepPolicy(timeout, queueTimeout, retries, backoff, delivery, slots, List.of(), List.of())
                    .withPlacement(placement)
                    .withSlotKind(slotKind);
        }

        private StepSpec step() {
            if (parameters.isEmpty()) {
                parameters.add(ParameterSpec.input("input"));
            }
            if (output == OutputSpec.Kind.LOOP) {
                parameters.add(ParameterSpec.turn("previous"));
            }
            var plain = new StepSpec(
                            name,
                            parameters,
                            after,
                            new OutputSpec(output, "java.lang.Object", JsonValue.TRUE),
                            policy(),
                            uses,
                            0)
                    .toBuilder().when(when).kind(kind).sharing(new Sharing(concurrency, Optional.empty()));
            batch.ifPresent(plain::batch);
            return plain.build();
        }

        private HandlerSpec handler() {
            return new HandlerSpec(name, parameters, policy(), 0);
        }
    }
}
