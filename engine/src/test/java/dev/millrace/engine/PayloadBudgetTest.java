package dev.millrace.engine;

import static dev.millrace.engine.harness.EngineHarness.TENANT;
import static dev.millrace.engine.harness.FakeWorker.called;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.FakeWorker.waits;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What inputs, results and checkpoints take of memory is bounded. */
class PayloadBudgetTest {
    private static final int BUDGET = 10_000;
    private static final String LARGE = "\"" + "x".repeat(498) + "\"";

    private final EngineHarness engine = new EngineHarness(new ShardSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            1_000,
            new ShardSettings.Residence(1_000, 1, 100, Duration.ofSeconds(10), BUDGET)));

    private long payloadBytes() {
        return engine.shard().residents().payloadBytes();
    }

    @Test
    void ofRunsWithLargeInputsFewerAreKeptInMemoryAndAllHaveTheirTurn() {
        var version = engine.define(oneStep("orders"));
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < 30; i++) {
            runs.add(engine.start(version, LARGE));
        }
        engine.project();
        assertThat(payloadBytes()).isLessThanOrEqualTo(BUDGET / 2);
        var worker = engine.worker(1, version).on("work", any -> value("1"));
        assertThat(worker.assigned().stream().map(each -> each.attempt().run())).isEqualTo(runs);
        engine.project();
        assertThat(payloadBytes()).isZero();
    }

    @Test
    void aShardThatIsFullOfPayloadsStartsNothingUntilThereIsRoom() {
        var version = engine.define(oneStep("orders"));
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < 2 * BUDGET / 500; i++) {
            runs.add(engine.start(version, LARGE));
        }
        var refused = engine.ask(replyTo -> new Command.StartRuns(
                replyTo, TENANT, engine.newRequest(), false, List.of(engine.starting(version, "1"))));
        assertThat(refused)
                .isEqualTo(new Reply.Refused(
                        "OVERLOADED",
                        "The shard holds 40 active runs and may hold 1000; their inputs, results and checkpoints take"
                                + " 20000 bytes of memory and may take 20000. Nothing was started. Try again later."));
        engine.project(); // what has not been projected counts, and stays until it is
        engine.worker(100, version).on("work", any -> value("1"));
        engine.project();
        assertThat(payloadBytes()).isZero();
        assertThat(engine.run(engine.start(version, LARGE)).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(runs).allSatisfy(run -> assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED));
    }

    @Test
    void whenPayloadsTakeMuchARunLeavesMemoryForAShortWaitTooAndIsBackInTime() {
        var patient = engine.define(
                workflow("patient").step("work", step -> step.retries(1)).build());
        engine.worker(100, patient)
                .on(
                        "work",
                        assignment -> assignment.attempt().attempt() == 1
                                ? failure(new Failure("Later", "Soon.", "", false, 5_000, ""))
                                : value("1"));
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < BUDGET / 500; i++) {
            runs.add(engine.start(patient, LARGE));
        }
        engine.project();
        assertThat(payloadBytes()).isLessThanOrEqualTo(BUDGET / 2);
        engine.advance(Duration.ofMillis(4_999));
        assertThat(engine.run(runs.get(0)).state()).isEqualTo(RunState.WAITING);
        engine.advance(Duration.ofMillis(1));
        assertThat(runs).allSatisfy(run -> assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED));
    }

    @Test
    void whatNobodyServesLeavesMemoryButForTheHeadsOfItsLanesSoThatOthersStart() {
        var spacious = new EngineHarness(new ShardSettings(
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                1_000,
                new ShardSettings.Residence(1_000, 16, 100, Duration.ofSeconds(10), BUDGET)));
        for (int i = 0; i < 6; i++) {
            var lonely = spacious.define(oneStep("lonely-" + i));
            for (int j = 0; j < 16; j++) {
                spacious.start(lonely, LARGE);
            }
            spacious.project();
        }
        assertThat(spacious.shard().residents().payloadBytes())
                .as("of 48,000 bytes that wait for workers")
                .isLessThan(BUDGET);
        var served = spacious.define(oneStep("served"));
        spacious.worker(1, served).on("work", any -> value("1"));
        assertThat(spacious.run(spacious.start(served, LARGE)).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void ofLanesThatNobodyServesNotEvenTheHeadsStayWhenPayloadsTakeMuchAndAllGoInTheirTurnOnceTheyAreServed() {
        var lonely = engine.define(oneStep("lonely"));
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < 5 * BUDGET / 500; i++) {
            runs.add(startOf(lonely, "customer-" + i)); // each has a lane of its own
            if (i % 10 == 9) {
                engine.project();
            }
        }
        assertThat(payloadBytes())
                .as("of 50,000 bytes that wait for workers, in a hundred lanes")
                .isLessThanOrEqualTo(BUDGET / 2);
        var served = engine.define(oneStep("served"));
        engine.worker(1, served).on("work", any -> value("1"));
        assertThat(engine.run(engine.start(served, LARGE)).state()).isEqualTo(RunState.SUCCEEDED);

        engine.worker(1, lonely).on("work", any -> value("1"));
        for (int i = 0; i < 10; i++) {
            engine.advance(Duration.ofSeconds(1));
            engine.project();
        }
        assertThat(runs).allSatisfy(run -> assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED));
        assertThat(payloadBytes()).isZero();
    }

    @Test
    void whatNobodyServesAndIsNotInMemoryIsGivenUpAtItsQueueTimeout() {
        var lonely = engine.define(workflow("lonely")
                .step("work", step -> step.queueTimeout(Duration.ofHours(1)))
                .build());
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < 2 * BUDGET / 500; i++) {
            runs.add(startOf(lonely, "customer-" + i));
        }
        engine.project();
        assertThat(payloadBytes()).isLessThanOrEqualTo(BUDGET / 2);
        engine.advance(Duration.ofHours(1));
        assertThat(runs)
                .allSatisfy(run -> assertThat(
                                engine.run(run).failure().orElseThrow().cause().type())
                        .isEqualTo(Failure.NO_COMPATIBLE_WORKER));
    }

    private RunId startOf(VersionRef version, String customer) {
        var terms =
                new RunTerms(new Verdict.Holds(new Terms(List.of(), customer, 1, List.of(), List.of(), "")), Map.of());
        var start = engine.starting(version, LARGE);
        return engine.start(new Command.RunStart(
                start.run(),
                version,
                start.input(),
                start.idempotencyKey(),
                start.digest(),
                start.priority(),
                start.metadata(),
                start.deadline(),
                start.follow(),
                terms));
    }

    @Test
    void signalsCountUntilTheirRunHasEnded() {
        var version = engine.define(workflow("durable")
                .deadline(Duration.ofDays(60))
                .step("work", step -> step.durable().timeout(Duration.ofDays(20)))
                .build());
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version, "1");
        long before = payloadBytes();
        engine.ask(replyTo ->
                new Command.SendSignal(replyTo, TENANT, run, new Signal("go", "r1", EngineHarness.payload(LARGE))));
        assertThat(payloadBytes() - before).as("kept").isEqualTo(500);
        worker.store(worker.newest("work"), waits(CheckpointKind.SIGNAL, "go", 0, Duration.ofDays(1)));
        assertThat(payloadBytes() - before).as("taken by the step").isBetween(500L, 700L);
    }

    @Test
    void checkpointsCountForAsLongAsTheirRunIsInMemory() {
        var version = engine.define(workflow("durable")
                .deadline(Duration.ofDays(60))
                .step("work", step -> step.durable().timeout(Duration.ofDays(20)))
                .build());
        var worker = engine.workerByHand(1, version);
        engine.start(version, "1");
        long before = payloadBytes();
        worker.store(worker.newest("work"), called("plan", 0, LARGE));
        long stored = payloadBytes();
        assertThat(stored - before).isBetween(500L, 700L);
        worker.store(worker.newest("work"), waits(CheckpointKind.SLEEP, "sleep", 1, Duration.ofDays(1)));
        worker.suspend(worker.newest("work"), 1);
        engine.project();
        assertThat(payloadBytes()).as("asleep").isZero();
        engine.advance(Duration.ofDays(1));
        assertThat(payloadBytes()).as("awake again").isGreaterThanOrEqualTo(stored);
    }
}
