package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.FakeWorker.waits;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Why tasks wait, told by the gates that hold them back. */
class ExplainTest {
    private final EngineHarness engine = new EngineHarness(new ShardSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            1_000,
            new ShardSettings.Residence(WINDOW, 1, 3, Duration.ofSeconds(10), 1 << 20)));

    private static final int WINDOW = 4;
    private static final GateScenarios SCENARIOS = new GateScenarios();

    private Reply.Explained explain(RunId run, int node) {
        return GateScenarios.explain(engine, run, node);
    }

    private Hold only(Gate gate, RunId run) {
        return only(gate, run, 0);
    }

    private Hold only(Gate gate, RunId run, int node) {
        var holds = explain(run, node).holds();
        assertThat(holds).extracting(Hold::gate).containsExactly(gate);
        return holds.get(0);
    }

    @ParameterizedTest
    @EnumSource
    void whatOneGateAloneHoldsBackIsToldOfThatGateAndNoOther(Gate gate) {
        assertThat(SCENARIOS.of(gate)).as("a scenario of %s", gate).isPresent();
        var holds = SCENARIOS.of(gate).orElseThrow().apply(engine).holds();
        assertThat(holds).extracting(Hold::gate).containsExactly(gate);
        assertThat(holds.get(0).help()).isNotBlank();
        assertThat(holds.get(0).since()).isBefore(Instant.MAX).isAfter(Instant.EPOCH);
    }

    @ParameterizedTest
    @EnumSource
    void askingChangesNothing(Gate gate) {
        var waiting = SCENARIOS.of(gate).orElseThrow().apply(engine);
        var first = waiting.holds();
        var before = state();
        assertThat(waiting.holds()).isEqualTo(first);
        engine.ask(replyTo -> new Command.ExplainWorkflow(replyTo, EngineHarness.TENANT, ""));
        assertThat(state()).isEqualTo(before);
    }

    /** All that a shard can be asked for, and what it told anybody but the one who asks. */
    private List<Object> state() {
        var state = new ArrayList<Object>(engine.facts());
        engine.effects().stream()
                .filter(effect -> !(effect instanceof Effect.Reply) && !(effect instanceof Effect.LoadRun))
                .forEach(state::add);
        state.add(engine.shard().image());
        state.add(engine.shard().residents());
        state.add(engine.shard().nextTimer());
        return state;
    }

    @Test
    void everyParentThatHasNotEndedIsNamed() {
        var version = engine.define(workflow("w")
                .step("first")
                .step("second", "first")
                .step("third", "first", "second")
                .build());
        engine.workerByHand(1, version);
        var run = engine.start(version);
        assertThat(explain(run, 2).state()).isEqualTo(TaskState.PENDING);
        assertThat(explain(run, 2).holds()).extracting(Hold::name).containsExactly("first", "second");
    }

    @Test
    void aTaskThatBacksOffKnowsUntilWhen() {
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
    void askingLetsNothingBecomeDue() {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.retries(1).backoff(new Backoff(Duration.ofMinutes(1), 1, Duration.ofMinutes(1))))
                .build());
        engine.worker(1, version).on("work", any -> failure("Broken"));
        var run = engine.start(version);
        var late = only(Gate.BACKOFF, run).until().plusSeconds(1);
        var batch = new Batch();
        engine.shard().handle(new Command.Explain(1, EngineHarness.TENANT, run, 0, 0), late, batch);
        assertThat(batch.facts()).isEmpty();
        engine.shard().handle(new Command.Tick(), late, batch);
        assertThat(batch.facts()).hasAtLeastOneElementOfType(Fact.AttemptOffered.class);
    }

    @Test
    void aPauseSaysSinceWhenAndByWhom() {
        var version = engine.define(oneStep("w"));
        var worker = engine.workerByHand(1, version);
        var before = engine.start(version);
        worker.accept(worker.newest("work"));
        var early = engine.start(version);
        engine.advance(Duration.ofMinutes(1));
        var pause = new TenantConfig.Pause(engine.now(), "ada");
        engine.send(new Command.ConfigChanged(
                EngineHarness.TENANT, new TenantConfig(Map.of(), Map.of(), Map.of("w", pause), Set.of())));
        engine.advance(Duration.ofMinutes(1));
        var late = engine.start(version);
        assertThat(explain(before, 0).holds()).isEmpty();
        assertThat(explain(early, 0).holds().get(0).gate()).isEqualTo(Gate.PAUSED);
        assertThat(explain(early, 0).holds().get(0).since()).isEqualTo(pause.since());
        assertThat(explain(late, 0).holds().get(0).since()).isEqualTo(pause.since());
        assertThat(explain(late, 0).holds().get(0).by()).isEqualTo("ada");
    }

    @Test
    void aConcurrencyLimitOfRunsNamesWhoHoldsItAndHowManyAreAhead() {
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
    void aConcurrencyLimitOfAttemptsSaysSinceWhen() {
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
        assertThat(hold.outlook()).as("nobody has given a permit back yet").isEmpty();
    }

    @Test
    void aRateLimitKnowsWhenThereAreTokens() {
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
    void aClosedLimitSaysUntilWhen() {
        var version = engine.define(workflow("w")
                .limit("api", 100, Duration.ofSeconds(1), 100)
                .step("work", step -> step.limit("api", 1))
                .build());
        engine.worker(10, version).on("work", any -> failure(new Failure("TooMany", "429", "", false, 60_000, "api")));
        engine.start(version);
        var hold = only(Gate.LIMIT_CLOSED, engine.start(version));
        assertThat(hold.until()).isEqualTo(engine.now().plusSeconds(60));
        assertThat(hold.outlook()).hasValueSatisfying(outlook -> {
            assertThat(outlook.waiting()).isEqualTo(1);
            assertThat(outlook.empty()).isEqualTo(engine.now().plusSeconds(60));
        });
    }

    @Test
    void slotsAreCounted() {
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
    void whatIsRequiredOfAWorkerIsSaid() {
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

    // ---- when a queue will be empty ----

    @Test
    void theQueueOfARateLimitIsEmptyWhenAllItsTokensHaveFlowedIn() {
        var version = engine.define(workflow("w")
                .limit("api", 1, Duration.ofSeconds(10), 5)
                .step("work", step -> step.limit("api", 2))
                .build());
        var worker = engine.worker(10, version);
        RunId last = null;
        for (int i = 0; i < 7; i++) {
            last = engine.start(version);
        }
        assertThat(worker.assigned()).hasSize(2);
        var hold = only(Gate.NO_TOKENS, last);
        var outlook = hold.outlook().orElseThrow();
        assertThat(outlook.waiting()).isEqualTo(5);
        assertThat(outlook.empty())
                .as("5 × 2 tokens, of which 1 is there")
                .isEqualTo(engine.now().plusSeconds(90));
        assertThat(outlook.emptyIfDoubled()).isEqualTo(engine.now().plusSeconds(45));
        engine.advance(Duration.ofSeconds(90).minusMillis(1));
        assertThat(worker.assigned()).hasSize(6);
        engine.advance(Duration.ofMillis(1));
        assertThat(worker.assigned()).as("it was exact").hasSize(7);
    }

    @Test
    void theQueueOfAConcurrencyLimitIsEmptyAfterItsLengthTimesTheMeanHoldTimeOverTheLimit() {
        var version = engine.define(workflow("w")
                .step("work", step -> step.concurrency("db", 2, ConcurrencyStrategy.QUEUE))
                .build());
        var worker = engine.worker(10, version).on("work", any -> value("1", Duration.ofSeconds(20)));
        RunId last = null;
        for (int i = 0; i < 12; i++) {
            last = engine.start(version);
        }
        assertThat(only(Gate.CONCURRENCY, last).outlook()).isEmpty();
        engine.advance(Duration.ofSeconds(20));
        var outlook = only(Gate.CONCURRENCY, last).outlook().orElseThrow();
        assertThat(outlook.waiting()).isEqualTo(8);
        assertThat(outlook.mean()).isEqualTo(Duration.ofSeconds(20));
        assertThat(outlook.empty()).as("8 × 20 s / 2").isEqualTo(engine.now().plusSeconds(80));
        assertThat(outlook.emptyIfDoubled())
                .as("8 × 20 s / 4")
                .isEqualTo(engine.now().plusSeconds(40));
        engine.advance(Duration.ofSeconds(80));
        assertThat(worker.assigned()).hasSize(12);
    }

    @Test
    void howLongPermitsWereHeldIsForgottenAfterFiveMinutes() {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.concurrency("db", 1, ConcurrencyStrategy.QUEUE)
                                .timeout(Duration.ofHours(1)))
                .build());
        var worker = engine.workerByHand(10, version);
        engine.start(version);
        engine.start(version);
        var last = engine.start(version);
        engine.advance(Duration.ofSeconds(3));
        worker.accept(worker.newest("work"));
        worker.end(worker.newest("work"), value("1"));
        worker.accept(worker.newest("work"));
        assertThat(only(Gate.CONCURRENCY, last).outlook()).isPresent();
        engine.advance(Duration.ofMinutes(5));
        assertThat(only(Gate.CONCURRENCY, last).outlook()).isEmpty();
    }

    // ---- runs that are not in memory ----

    @Test
    void aRunThatIsNotInMemorySaysWhatItWaitsForAndStaysWhereItIs() {
        var patient = engine.define(workflow("patient")
                .step("work", step -> step.retries(1))
                .step("next", "work")
                .build());
        engine.worker(1, patient)
                .on("work", any -> failure(new Failure("Later", "Not now.", "", false, 3_600_000, "")));
        var run = engine.start(patient);
        var inMemory = List.of(explain(run, 0), explain(run, 1));
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        assertThat(List.of(explain(run, 0), explain(run, 1))).isEqualTo(inMemory);
        assertThat(inMemory.get(0).holds()).extracting(Hold::gate).containsExactly(Gate.BACKOFF);
        assertThat(inMemory.get(1).holds()).extracting(Hold::gate).containsExactly(Gate.PARENTS);
        assertThat(engine.shard().residentRuns()).isZero();
        assertThat(engine.ask(replyTo -> new Command.Explain(replyTo, EngineHarness.TENANT, run, 2, 0)))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("TASK_NOT_FOUND"));
    }

    @Test
    void aSleepingRunThatIsNotInMemorySaysUntilWhen() {
        var version = engine.define(workflow("w")
                .step("work", step -> step.durable().timeout(Duration.ofDays(9)))
                .build());
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waits(CheckpointKind.SLEEP, "sleep", 0, Duration.ofDays(3)));
        var until = engine.now().plus(Duration.ofDays(3));
        assertThat(explain(run, 0).state()).as("while it is warm").isEqualTo(TaskState.RUNNING);
        assertThat(only(Gate.SLEEP, run).until()).isEqualTo(until);
        worker.suspend(worker.newest("work"), 0);
        var inMemory = explain(run, 0);
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        assertThat(explain(run, 0)).isEqualTo(inMemory);
        assertThat(only(Gate.SLEEP, run).until()).isEqualTo(until);
    }

    @Test
    void aQueuedRunThatIsNotInMemoryIsToldOfWhatItsLaneWaitsFor() {
        var version = engine.define(workflow("w")
                .concurrency("orders", 1, ConcurrencyStrategy.QUEUE)
                .step("work")
                .build());
        engine.workerByHand(10, version);
        RunId last = null;
        for (int i = 0; i < 21; i++) {
            last = engine.start(version);
        }
        engine.project();
        assertThat(engine.shard().residents().spilled()).isPositive();
        var hold = only(Gate.RUN_CONCURRENCY, last);
        assertThat(hold.ahead()).isEqualTo(19);
        var explained = (Reply.WorkflowExplained)
                engine.ask(replyTo -> new Command.ExplainWorkflow(replyTo, EngineHarness.TENANT, "w"));
        assertThat(explained.crowds())
                .singleElement()
                .satisfies(crowd -> assertThat(crowd.tasks())
                        .as("those that are not in memory count too")
                        .isEqualTo(20));
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
