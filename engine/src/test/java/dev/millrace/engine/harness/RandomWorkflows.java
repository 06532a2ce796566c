package dev.millrace.engine.harness;

import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.RateLimitSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;

/** Makes workflows of all shapes. They share one rate limit, as workflows of a tenant that name the same limit do. */
public final class RandomWorkflows {
    private final Random random;
    private final RateLimitSpec limit;
    /** Of the concurrency limit that some of their steps share. */
    private final int pool;

    private boolean conditions;
    private boolean concurrency;
    private boolean batches;

    public RandomWorkflows(Random random) {
        this.random = random;
        this.limit = new RateLimitSpec(
                "api",
                1 + random.nextInt(10),
                Duration.ofSeconds(random.nextInt(3) == 0 ? 20 : 1),
                1 + random.nextInt(3));
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

    /** The rate limit that some of their steps take a token from. */
    public RateLimitSpec limit() {
        return limit;
    }

    /** A workflow of one to six steps, with every kind of edge and policy. */
    public Manifest next(String name) {
        var workflow = WorkflowBuilder.workflow(name).deadline(Duration.ofDays(1));
        workflow.limit(limit.name(), limit.limit(), limit.period(), limit.burst());
        if (concurrency && random.nextInt(2) == 0) {
            workflow.concurrency("", key(), 1 + random.nextInt(3), strategy());
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
                if (random.nextInt(4) == 0) {
                    step.limit(limit.name(), 1);
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
                }
                if (random.nextInt(4) == 0) {
                    step.mayBeEmpty();
                }
            });
            if (random.nextInt(3) == 0) {
                undone.add("s" + i);
            }
        }
        undone.forEach(step -> workflow.compensated(step, this::policy));
        return (random.nextBoolean() ? workflow.onFailure() : workflow).build();
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
    }
}
