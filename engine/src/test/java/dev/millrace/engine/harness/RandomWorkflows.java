package dev.millrace.engine.harness;

import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec.Mode;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelPreference;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Makes workflows of all shapes. They share two rate limits, as workflows of a tenant that name the same limit do. */
public final class RandomWorkflows {
    /** What some of their steps wait for. */
    public static final String EVENT = "news";

    private final Random random;
    private final RateLimitSpec limit;
    private final RateLimitSpec other;
    /** Of the concurrency limit that some of their steps share. */
    private final int pool;

    /** What some steps take where there is placement. */
    public static final String SLOT_KIND = "gpu";

    private boolean conditions;
    private boolean concurrency;
    private boolean batches;
    private boolean placement;
    private boolean costs;
    private boolean waits;
    private boolean transactions;
    private boolean windows;
    private boolean loops;

    public RandomWorkflows(Random random) {
        this.random = random;
        this.limit = new RateLimitSpec(
                "api",
                1 + random.nextInt(10),
                Duration.ofSeconds(random.nextInt(3) == 0 ? 20 : 1),
                1 + random.nextInt(3));
        this.other = new RateLimitSpec("mail", 5 + random.nextInt(20), Duration.ofSeconds(1), 4 + random.nextInt(6));
        this.pool = 1 + random.nextInt(3);
    }

    /** From now on some steps have a condition, which whoever drives the shard has to decide. */
    public RandomWorkflows withConditions() {
        conditions = true;
        return this;
    }

    /** From now on some of them, and some of their steps, may go on a few at once only. */
    public RandomWorkflows withConcurrency() {
        concurrency = true;
        return this;
    }

    /** From now on some of their steps serve tasks of several runs in one call. */
    public RandomWorkflows withBatches() {
        batches = true;
        return this;
    }

    /** From now on some steps ask for labels of their worker, {@code region} and {@code size}, or stick to it. */
    public RandomWorkflows withPlacement() {
        placement = true;
        return this;
    }

    /** From now on some steps take several tokens at once, or as many as is evaluated, of two limits by different keys. */
    public RandomWorkflows withCosts() {
        costs = true;
        return this;
    }

    /** From now on some steps wait for an event before they begin, which whoever drives the shard may bring. */
    public RandomWorkflows withWaits() {
        waits = true;
        return this;
    }

    /** From now on some steps commit their completion with their effect, in a database that whoever drives the workers has. */
    public RandomWorkflows withTransactions() {
        transactions = true;
        return this;
    }

    /** From now on starts of some workflows replace each other, are gathered, or are dropped when they are too many. */
    public RandomWorkflows withWindows() {
        windows = true;
        return this;
    }

    private void window(WorkflowBuilder workflow) {
        switch (random.nextInt(6)) {
            case 0 ->
                workflow.debounced(
                        Duration.ofMillis(1 + random.nextInt(4_000)),
                        random.nextBoolean()
                                ? Optional.of(Duration.ofMillis(4_000 + random.nextInt(9_000)))
                                : Optional.empty());
            case 1 -> workflow.collected(2 + random.nextInt(4), Duration.ofMillis(1 + random.nextInt(9_000)));
            default -> {
                // each start is a run
            }
        }
        if (random.nextInt(6) == 0) {
            workflow.throttled(1 + random.nextInt(5), Duration.ofMillis(1 + random.nextInt(20_000)));
        }
    }

    /** From now on some steps are loops. */
    public RandomWorkflows withLoops() {
        loops = true;
        return this;
    }

    /** The rate limits that some of their steps take tokens from. */
    public List<RateLimitSpec> limits() {
        return List.of(limit, other);
    }

    private void budget(WorkflowBuilder workflow, String name, int most) {
        if (random.nextBoolean()) {
            workflow.budget(name, most);
        } else {
            workflow.askingBudget(name, most);
        }
    }

    /** A workflow of one to six steps, with every kind of edge and policy. */
    public Manifest next(String name) {
        var workflow = WorkflowBuilder.workflow(name).deadline(Duration.ofDays(1));
        limits().forEach(one -> workflow.limit(one.name(), one.limit(), one.period(), one.burst()));
        if (concurrency && random.nextInt(2) == 0) {
            workflow.concurrency("", key(), 1 + random.nextInt(3), strategy());
        }
        if (random.nextInt(3) == 0) {
            budget(workflow, "tokens", 50 + random.nextInt(300));
        } else if (random.nextInt(6) == 0) {
            // What its attempts are expected to use is what they take of the limit of that name.
            budget(workflow, limits().get(0).name(), 2 + random.nextInt(4));
        }
        int size = 1 + random.nextInt(6);
        var undone = new ArrayList<String>();
        for (int i = 0; i < size; i++) {
            int number = i;
            workflow.step("s" + i, step -> {
                boolean each = false;
                for (int parent = 0; parent < number; parent++) {
                    String from = "s" + parent;
                    switch (random.nextInt(12)) {
                        case 0 -> step.optional(from);
                        case 1 -> step.outcome(from);
                        case 2 -> step.after(from);
                        case 3 -> {
                            if (!each) {
                                step.each(from);
                                each = true;
                            }
                        }
                        case 4, 5 -> step.from(from);
                        default -> {
                            // no edge
                        }
                    }
                }
                policy(step);
                if (conditions && random.nextInt(5) == 0) {
                    step.when("input.wanted");
                }
                if (waits && random.nextInt(6) == 0) {
                    wait(step);
                }
                if (random.nextInt(4) == 0) {
                    step.limit(limit.name(), costs ? 1 + random.nextInt((int) limit.burst()) : 1);
                }
                if (costs && random.nextInt(4) == 0) {
                    step.keyedLimit(other.name());
                }
                if (concurrency && random.nextInt(4) == 0) {
                    step.concurrency("pool", key(), pool, ConcurrencyStrategy.QUEUE);
                }
                if (concurrency && random.nextInt(8) == 0) {
                    step.concurrency("", key(), 1 + random.nextInt(3), strategy());
                }
                if (random.nextInt(4) == 0) {
                    step.durable();
                } else if (batches && random.nextInt(3) == 0) {
                    step.batch(
                            2 + random.nextInt(4),
                            Duration.ofMillis(1 + random.nextInt(3_000)),
                            random.nextBoolean() ? "input.batch" : "");
                } else if (transactions && random.nextBoolean()) {
                    step.transactional();
                }
                if (loops && step.mayLoop() && random.nextInt(4) == 0) {
                    step.loop();
                } else if (random.nextInt(4) == 0) {
                    step.mayBeEmpty();
                }
            });
            if (random.nextInt(3) == 0) {
                undone.add("s" + i);
            }
        }
        undone.forEach(step -> workflow.compensated(step, this::policy));
        if (windows) {
            window(workflow);
        }
        return (random.nextBoolean() ? workflow.onFailure() : workflow).build();
    }

    private void wait(WorkflowBuilder.StepBuilder step) {
        for (int i = 0; i <= random.nextInt(2); i++) {
            step.awaits(
                    EVENT,
                    Duration.ofMillis(1 + random.nextInt(40_000)),
                    random.nextInt(4) == 0 ? Mode.VALUE : Mode.OPTIONAL);
        }
    }

    private String key() {
        return random.nextBoolean() ? "input.key" : "";
    }

    private ConcurrencyStrategy strategy() {
        return switch (random.nextInt(6)) {
            case 0 -> ConcurrencyStrategy.CANCEL_RUNNING;
            case 1 -> ConcurrencyStrategy.CANCEL_NEW;
            default -> ConcurrencyStrategy.QUEUE;
        };
    }

    private void policy(WorkflowBuilder.StepBuilder step) {
        step.timeout(Duration.ofSeconds(5 + random.nextInt(40)))
                .queueTimeout(Duration.ofSeconds(20 + random.nextInt(600)))
                .backoff(new Backoff(Duration.ofMillis(500), 2, Duration.ofSeconds(20)))
                .slots(1 + random.nextInt(8) / 7);
        if (random.nextInt(6) == 0) {
            step.atMostOnce();
        }
        step.retries(random.nextInt(3));
        if (placement) {
            step.placement(new PlacementSpec(required(), preferred(), sticky()));
            if (random.nextInt(5) == 0) {
                step.slots(SLOT_KIND, 1 + random.nextInt(2));
            }
        }
    }

    private List<LabelRequirement> required() {
        return switch (random.nextInt(8)) {
            case 0 -> List.of(new LabelRequirement("region", LabelComparator.EQUAL, "eu"));
            case 1 -> List.of(new LabelRequirement("size", LabelComparator.AT_LEAST, "" + random.nextInt(3)));
            case 2 -> List.of(new LabelRequirement("region", LabelComparator.NOT_EQUAL, "eu"));
            default -> List.of();
        };
    }

    private List<LabelPreference> preferred() {
        return random.nextInt(4) == 0
                ? List.of(new LabelPreference("size", LabelComparator.LESS, "2", 1 + random.nextInt(5)))
                : List.of();
    }

    private Stickiness sticky() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> Stickiness.HARD;
            case 2 -> Stickiness.SOFT;
            default -> Stickiness.NONE;
        };
    }
}
