package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** For each gate: where it alone holds a task back, it and nothing else is named, and asking changes nothing. */
class ExplainTest {
    private final EngineHarness engine = new EngineHarness();

    private Reply.Explained explain(RunId run, int node) {
        int facts = engine.facts().size();
        var explained = (Reply.Explained)
                engine.ask(replyTo -> new Command.Explain(replyTo, EngineHarness.TENANT, run, node, 0));
        assertThat(engine.facts()).as("asking changes nothing").hasSize(facts);
        return explained;
    }

    private Hold only(Gate gate, RunId run) {
        return only(gate, run, 0);
    }

    private Hold only(Gate gate, RunId run, int node) {
        var holds = explain(run, node).holds();
        assertThat(holds).extracting(Hold::gate).containsExactly(gate);
        assertThat(holds.get(0).help()).isNotBlank();
        return holds.get(0);
    }

    @Test
    void parents() {
        var version = engine.define(workflow("w")
                .step("first")
                .step("second", "first")
                .step("third", "first", "second")
                .build());
        engine.workerByHand(1, version);
        var run = engine.start(version);
        assertThat(only(Gate.PARENTS, run, 1).name()).isEqualTo("first");
        assertThat(explain(run, 2).state()).isEqualTo(TaskState.PENDING);
        assertThat(explain(run, 2).holds()).extracting(Hold::name).containsExactly("first", "second");
    }

    @Test
    void evaluation() {
        engine.decisions(any -> Optional.empty());
        var version = engine.define(
                workflow("w").step("work", step -> step.when("input.wanted")).build());
        engine.workerByHand(1, version);
        only(Gate.EVALUATION, engine.start(version));
    }

    @Test
    void backoff() {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.retries(1).backoff(new Backoff(Duration.ofMinutes(1), 1, Duration.ofMinutes(1))))
                .build());
        engine.worker(1, version).on("work", any -> failure("Broken"));
        var hold = only(Gate.BACKOFF, engine.start(version));
        assertThat(hold.until()).isBetween(engine.now(), engine.now().plus(Duration.ofMinutes(1)));
    }

    @Test
    void aPause() {
        var version = engine.define(oneStep("w"));
        engine.workerByHand(1, version);
        engine.send(new Command.ConfigChanged(
                EngineHarness.TENANT, new TenantConfig(Map.of(), Map.of(), Set.of("w"), Set.of())));
        assertThat(only(Gate.PAUSED, engine.start(version)).name()).isEqualTo("w");
    }

    @Test
    void theConcurrencyOfRuns() {
        var version = engine.define(workflow("w")
                .concurrency("orders", 1, ConcurrencyStrategy.QUEUE)
                .step("work")
                .build());
        engine.workerByHand(10, version);
        var first = engine.start(version);
        engine.start(version);
        var hold = only(Gate.RUN_CONCURRENCY, engine.start(version));
        assertThat(hold.name()).isEqualTo("orders");
        assertThat(hold.holders()).containsExactly(new Hold.Holder(first, -1, 0));
        assertThat(hold.taken()).isEqualTo(1);
        assertThat(hold.limit()).isEqualTo(1);
        assertThat(hold.ahead()).isEqualTo(1);
    }

    @Test
    void theConcurrencyOfAttempts() {
        var version = engine.define(workflow("w")
                .step("work", step -> step.concurrency("db", 1, ConcurrencyStrategy.QUEUE))
                .build());
        engine.workerByHand(10, version);
        var first = engine.start(version);
        var since = engine.now();
        var run = engine.start(version);
        engine.advance(Duration.ofSeconds(3));
        var hold = only(Gate.CONCURRENCY, run);
        assertThat(hold.holders()).containsExactly(new Hold.Holder(first, 0, 0));
        assertThat(hold.since()).isEqualTo(since);
        assertThat(hold.until()).isEqualTo(Instant.MAX);
    }

    @Test
    void tokens() {
        var version = engine.define(workflow("w")
                .limit("api", 1, Duration.ofSeconds(10), 1)
                .step("work", step -> step.limit("api", 1))
                .build());
        engine.workerByHand(10, version);
        engine.start(version);
        var hold = only(Gate.NO_TOKENS, engine.start(version));
        assertThat(hold.name()).isEqualTo("api");
        assertThat(hold.until()).isEqualTo(engine.now().plusSeconds(10));
        assertThat(hold.limit()).isEqualTo(1);
    }

    @Test
    void aClosedLimit() {
        var version = engine.define(workflow("w")
                .limit("api", 100, Duration.ofSeconds(1), 100)
                .step("work", step -> step.limit("api", 1))
                .build());
        engine.worker(10, version).on("work", any -> failure(new Failure("TooMany", "429", "", false, 60_000, "api")));
        engine.start(version);
        var hold = only(Gate.LIMIT_CLOSED, engine.start(version));
        assertThat(hold.until()).isEqualTo(engine.now().plusSeconds(60));
    }

    @Test
    void noWorker() {
        only(Gate.NO_COMPATIBLE_WORKER, engine.start(engine.define(oneStep("w"))));
    }

    @Test
    void noWorkerWithTheLabels() {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.placement(new PlacementSpec(
                                List.of(new LabelRequirement("gpu", LabelComparator.EQUAL, "a100")),
                                List.of(),
                                Stickiness.NONE)))
                .build());
        engine.workerByHand(1, version);
        assertThat(only(Gate.NO_MATCHING_WORKER, engine.start(version)).help()).contains("'gpu' is \"a100\"");
    }

    @Test
    void noWorkerLargeEnough() {
        var version =
                engine.define(workflow("w").step("work", step -> step.slots(3)).build());
        engine.workerByHand(2, version);
        only(Gate.NO_WORKER_LARGE_ENOUGH, engine.start(version));
    }

    @Test
    void slots() {
        var version = engine.define(oneStep("w"));
        engine.workerByHand(2, version);
        engine.start(version);
        engine.start(version);
        engine.start(version);
        var hold = only(Gate.SLOTS_TAKEN, engine.start(version));
        assertThat(hold.taken()).isEqualTo(2);
        assertThat(hold.limit()).isEqualTo(2);
        assertThat(hold.ahead()).isEqualTo(1);
    }

    @Test
    void theWorkerWhereTheRunWasLast() {
        var version = engine.define(workflow("w")
                .step("first")
                .step(
                        "second",
                        step -> step.from("first").placement(new PlacementSpec(List.of(), List.of(), Stickiness.HARD)))
                .build());
        FakeWorker last = engine.workerByHand(1, version);
        var run = engine.start(version);
        last.drain();
        last.end(last.newest("first"), value("1"));
        engine.workerByHand(5, version);
        assertThat(only(Gate.STICKY_WORKER, run, 1).name()).isEqualTo(last.id().toString());
    }

    @Test
    void whatDoesNotWaitHasNoReason() {
        var version = engine.define(oneStep("w"));
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        assertThat(explain(run, 0)).isEqualTo(new Reply.Explained(TaskState.ASSIGNED, List.of()));
        worker.end(worker.newest("work"), value("1"));
        assertThat(explain(run, 0)).isEqualTo(new Reply.Explained(TaskState.SUCCEEDED, List.of()));
    }

    @Test
    void whoWaitedTooLongIsToldForWhat() {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.concurrency("db", 1, ConcurrencyStrategy.QUEUE)
                                .timeout(Duration.ofHours(1))
                                .queueTimeout(Duration.ofMinutes(1)))
                .build());
        var worker = engine.workerByHand(10, version);
        engine.start(version);
        worker.accept(worker.newest("work"));
        var run = engine.start(version);
        engine.advance(Duration.ofMinutes(1));
        var cause = engine.run(run).failure().orElseThrow().cause();
        assertThat(cause.type()).isEqualTo(Failure.QUEUE_TIMEOUT);
        assertThat(cause.message()).contains("concurrency limit 'db', which lets 1 go on at once, had no room");
    }
}
