package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.again;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.FakeWorker.waits;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;

import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.scheduling.ForgottenTask;
import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** For each gate a task that it alone holds back. Whoever adds a gate adds its scenario here. */
final class GateScenarios {
    private static final Duration HOUR = Duration.ofHours(1);

    /** A task that waits. */
    interface Waiting {
        List<Hold> holds();
    }

    private final Map<Gate, Function<EngineHarness, Waiting>> scenarios = new EnumMap<>(Gate.class);

    GateScenarios() {
        scenarios.put(Gate.WINDOW, GateScenarios::window);
        scenarios.put(Gate.PARENTS, GateScenarios::parents);
        scenarios.put(Gate.EVALUATION, GateScenarios::evaluation);
        scenarios.put(Gate.BACKOFF, GateScenarios::backoff);
        scenarios.put(Gate.TURN, GateScenarios::turn);
        scenarios.put(Gate.SLEEP, engine -> durable(engine, CheckpointKind.SLEEP));
        scenarios.put(Gate.EVENT, engine -> durable(engine, CheckpointKind.EVENT));
        scenarios.put(Gate.SIGNAL, engine -> durable(engine, CheckpointKind.SIGNAL));
        scenarios.put(Gate.CHILD, engine -> durable(engine, CheckpointKind.CHILD));
        scenarios.put(Gate.APPROVAL, engine -> durable(engine, CheckpointKind.APPROVAL));
        scenarios.put(Gate.BUDGET, GateScenarios::budget);
        scenarios.put(Gate.PAUSED, GateScenarios::paused);
        scenarios.put(Gate.RUN_CONCURRENCY, GateScenarios::concurrencyOfRuns);
        scenarios.put(Gate.CONCURRENCY, GateScenarios::concurrencyOfAttempts);
        scenarios.put(Gate.NO_TOKENS, GateScenarios::tokens);
        scenarios.put(Gate.LIMIT_CLOSED, GateScenarios::closedLimit);
        scenarios.put(Gate.BATCH, GateScenarios::batch);
        scenarios.put(Gate.NO_COMPATIBLE_WORKER, engine -> first(engine, engine.start(engine.define(oneStep("w")))));
        scenarios.put(Gate.NO_MATCHING_WORKER, GateScenarios::labels);
        scenarios.put(Gate.NO_WORKER_LARGE_ENOUGH, GateScenarios::largeTask);
        scenarios.put(Gate.SLOTS_TAKEN, GateScenarios::slots);
        scenarios.put(Gate.PINNED_BUILD, GateScenarios::pinned);
        scenarios.put(Gate.STICKY_WORKER, GateScenarios::sticky);
        scenarios.put(Gate.READING, GateScenarios::reading);
        scenarios.put(Gate.NOTHING, engine -> () -> ForgottenTask.holds(engine.now()));
    }

    Optional<Function<EngineHarness, Waiting>> of(Gate gate) {
        return Optional.ofNullable(scenarios.get(gate));
    }

    static Reply.Explained explain(EngineHarness engine, RunId run, int node) {
        return (Reply.Explained)
                engine.ask(replyTo -> new Command.Explain(replyTo, EngineHarness.TENANT, run, node, 0));
    }

    private static Waiting pinned(EngineHarness engine) {
        var version = engine.define(
                workflow("pinned").step("work", step -> step.durable()).build());
        var one =
                engine.absentWorker(1, version).build("pinned", "one").byHand().connect();
        var run = engine.start(version);
        one.store(one.newest("work"), FakeWorker.called("plan", 0, "1"));
        one.giveBack(one.newest("work"));
        engine.absentWorker(1, version).build("pinned", "two").byHand().connect();
        return task(engine, run, 0);
    }

    private static Waiting task(EngineHarness engine, RunId run, int node) {
        return () -> explain(engine, run, node).holds();
    }

    private static Waiting first(EngineHarness engine, RunId run) {
        return task(engine, run, 0);
    }

    // ---- the scenarios ----

    private static Waiting window(EngineHarness engine) {
        var version = engine.define(workflow("gathering")
                .collected(3, Duration.ofSeconds(10))
                .step("work")
                .build());
        return first(engine, engine.start(version));
    }

    private static Waiting parents(EngineHarness engine) {
        var version = engine.define(
                workflow("w").step("first").step("second", "first").build());
        engine.workerByHand(1, version);
        return task(engine, engine.start(version), 1);
    }

    private static Waiting evaluation(EngineHarness engine) {
        engine.decisions(any -> Optional.empty());
        var version = engine.define(
                workflow("w").step("work", step -> step.when("input.wanted")).build());
        engine.workerByHand(1, version);
        return first(engine, engine.start(version));
    }

    private static Waiting backoff(EngineHarness engine) {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.retries(1).backoff(new Backoff(Duration.ofMinutes(1), 1, Duration.ofMinutes(1))))
                .build());
        engine.worker(1, version).on("work", any -> failure("Broken"));
        return first(engine, engine.start(version));
    }

    private static Waiting turn(EngineHarness engine) {
        var version =
                engine.define(workflow("w").step("work", step -> step.loop()).build());
        engine.worker(1, version).on("work", any -> again("1", HOUR));
        return first(engine, engine.start(version));
    }

    private static Waiting durable(EngineHarness engine, CheckpointKind kind) {
        var version = engine.define(workflow("w")
                .step("work", step -> step.durable().timeout(HOUR.multipliedBy(10)))
                .build());
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waits(kind, "it", 0, HOUR));
        worker.suspend(worker.newest("work"), 0);
        return first(engine, run);
    }

    private static Waiting budget(EngineHarness engine) {
        var version = engine.define(workflow("w")
                .askingBudget("tokens", 100)
                .step("first")
                .step("second", "first")
                .build());
        engine.worker(1, version).on("first", any -> value("1").using("tokens", 130));
        return task(engine, engine.start(version), 1);
    }

    private static Waiting batch(EngineHarness engine) {
        var version = engine.define(
                workflow("w").step("work", step -> step.batch(2, HOUR, "")).build());
        engine.workerByHand(1, version);
        return first(engine, engine.start(version));
    }

    private static Waiting paused(EngineHarness engine) {
        var version = engine.define(oneStep("w"));
        engine.workerByHand(1, version);
        var pause = new TenantConfig.Pause(engine.now(), "ada");
        engine.send(new Command.ConfigChanged(
                EngineHarness.TENANT, new TenantConfig(Map.of(), Map.of(), Map.of("w", pause), Set.of())));
        return first(engine, engine.start(version));
    }

    private static Waiting concurrencyOfRuns(EngineHarness engine) {
        var version = engine.define(workflow("w")
                .concurrency("orders", 1, ConcurrencyStrategy.QUEUE)
                .step("work")
                .build());
        engine.workerByHand(10, version);
        engine.start(version);
        return first(engine, engine.start(version));
    }

    private static Waiting concurrencyOfAttempts(EngineHarness engine) {
        var version = engine.define(workflow("w")
                .step("work", step -> step.concurrency("db", 1, ConcurrencyStrategy.QUEUE))
                .build());
        engine.workerByHand(10, version);
        engine.start(version);
        return first(engine, engine.start(version));
    }

    private static Waiting tokens(EngineHarness engine) {
        var version = engine.define(workflow("w")
                .limit("api", 1, Duration.ofSeconds(10), 1)
                .step("work", step -> step.limit("api", 1))
                .build());
        engine.workerByHand(10, version);
        engine.start(version);
        return first(engine, engine.start(version));
    }

    private static Waiting closedLimit(EngineHarness engine) {
        var version = engine.define(workflow("w")
                .limit("api", 100, Duration.ofSeconds(1), 100)
                .step("work", step -> step.limit("api", 1))
                .build());
        engine.worker(10, version).on("work", any -> failure(new Failure("TooMany", "429", "", false, 60_000, "api")));
        engine.start(version);
        return first(engine, engine.start(version));
    }

    private static Waiting labels(EngineHarness engine) {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.placement(new PlacementSpec(
                                List.of(new LabelRequirement("gpu", LabelComparator.EQUAL, "a100")),
                                List.of(),
                                Stickiness.NONE)))
                .build());
        engine.workerByHand(1, version);
        return first(engine, engine.start(version));
    }

    private static Waiting largeTask(EngineHarness engine) {
        var version =
                engine.define(workflow("w").step("work", step -> step.slots(3)).build());
        engine.workerByHand(2, version);
        return first(engine, engine.start(version));
    }

    private static Waiting slots(EngineHarness engine) {
        var version = engine.define(oneStep("w"));
        engine.workerByHand(1, version);
        engine.start(version);
        return first(engine, engine.start(version));
    }

    private static Waiting sticky(EngineHarness engine) {
        var version = engine.define(workflow("w")
                .step("first")
                .step(
                        "second",
                        step -> step.from("first").placement(new PlacementSpec(List.of(), List.of(), Stickiness.HARD)))
                .build());
        var other = engine.define(oneStep("other"));
        FakeWorker last = engine.workerByHand(1, version, other);
        var run = engine.start(version);
        engine.start(other);
        engine.workerByHand(5, version);
        last.end(last.newest("first"), value("1"));
        last.disconnect();
        return task(engine, run, 1);
    }

    /** The store does not answer what comes first of a queue that is out of memory. */
    private static Waiting reading(EngineHarness engine) {
        var version = engine.define(oneStep("w"));
        RunId last = null;
        for (int i = 0; i < 20; i++) {
            last = engine.start(version);
        }
        engine.project();
        engine.leaveLoads();
        engine.worker(1, version);
        var run = last;
        return () -> {
            long replyTo = engine.newReply();
            engine.send(new Command.Explain(replyTo, EngineHarness.TENANT, run, 0, 0));
            for (var answer : engine.openLoads()) {
                if (answer instanceof Command.RunLoaded) {
                    engine.send(answer);
                }
            }
            return ((Reply.Explained) engine.reply(replyTo).orElseThrow()).holds();
        };
    }
}
