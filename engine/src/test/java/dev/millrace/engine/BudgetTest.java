package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.empty;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A run that would spend more than its budget ends, and undoes what it did. */
class BudgetTest {
    private static final String TOKENS = "openai.tokens";
    private final EngineHarness engine = new EngineHarness();

    private Failure failureOf(RunId run) {
        return engine.run(run).failure().orElseThrow().cause();
    }

    @Test
    void aStepForWhichThereIsNoMoneyDoesNotBeginAndTheRunIsUndone() {
        var version = engine.define(workflow("w")
                .budget(TOKENS, 1_000)
                .step("first")
                .step("second", "first")
                .step("third", "second")
                .compensated("first")
                .onFailure()
                .build());
        var worker = engine.worker(5, version)
                .on("first", any -> value("1").using(TOKENS, 400))
                .on("second", any -> value("2").using(TOKENS, 600));
        var run = engine.start(version);
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.FAILED);
        assertThat(image.compensated()).isTrue();
        assertThat(image.failure().orElseThrow().step()).isEqualTo("third");
        assertThat(failureOf(run).type()).isEqualTo(Failure.BUDGET_EXCEEDED);
        assertThat(failureOf(run).message())
                .contains(
                        run.toString(), "used 1000 of 'openai.tokens'", "budget is 1000", "attempt 1 of step 'third'");
        assertThat(worker.entered())
                .extracting(Effect.Assignment::step)
                .containsExactly("first", "second", "undo-first", "alert");
    }

    @Test
    void aRunThatSpendsAllItMayWithItsLastStepSucceeds() {
        var version =
                engine.define(workflow("w").budget(TOKENS, 10).step("only").build());
        engine.worker(1, version).on("only", any -> value("1").using(TOKENS, 5_000));
        assertThat(engine.run(engine.start(version)).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRetryIsAnAttemptThatCostsMoneyToo() {
        var version = engine.define(workflow("w")
                .budget(TOKENS, 100)
                .step("work", step -> step.retries(9))
                .build());
        var worker = engine.worker(1, version).on("work", any -> failure("Boom").using(TOKENS, 40));
        var run = engine.start(version);
        engine.advance(Duration.ofHours(1));
        assertThat(failureOf(run).type()).isEqualTo(Failure.BUDGET_EXCEEDED);
        assertThat(worker.entered()).hasSize(3);
        assertThat(engine.run(run).usage().amount(TOKENS)).isEqualTo(120);
    }

    @Test
    void whatQueuesWhenTheMoneyIsGoneDoesNotBeginEither() {
        var version = engine.define(
                workflow("w").budget(TOKENS, 100).step("a").step("b").step("c").build());
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        assertThat(worker.assigned()).hasSize(1);
        worker.report(worker.assigned().get(0).attempt(), Spent.of(Usage.of(TOKENS, 100), Usage.NONE));
        assertThat(engine.run(run).failure()).isPresent();
        worker.end(worker.assigned().get(0).attempt(), value("1").using(TOKENS, 101));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(worker.assigned()).hasSize(1);
    }

    @Test
    void aStepThatSaysWhatItIsExpectedToUseDoesNotBeginWithoutRoomForThat() {
        var version = engine.define(workflow("w")
                .budget(TOKENS, 100)
                .limit(TOKENS, 1_000, Duration.ofSeconds(1), 1_000)
                .step("first", step -> step.limit(TOKENS, 60))
                .step("second", step -> step.limit(TOKENS, 60).from("first"))
                .build());
        var worker = engine.worker(1, version).on("first", any -> value("1").using(TOKENS, 50));
        var run = engine.start(version);
        assertThat(failureOf(run).message()).contains("used 50", "expected to use 60");
        assertThat(worker.entered()).hasSize(1);
    }

    @Test
    void aDurableStepThatGoesOnIsANewAttempt() {
        var version = engine.define(workflow("w")
                .budget(TOKENS, 100)
                .step("think", step -> step.durable())
                .build());
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var first = worker.newest("think");
        worker.store(first, FakeWorker.waits(CheckpointKind.SLEEP, "rest", 0, Duration.ofSeconds(5)));
        engine.send(
                new Command.SuspendAttempt(worker.session(), first, 0, Spent.of(Usage.of(TOKENS, 100), Usage.NONE)));
        engine.advance(Duration.ofSeconds(6));
        assertThat(failureOf(run).type()).isEqualTo(Failure.BUDGET_EXCEEDED);
        assertThat(worker.assigned()).hasSize(1);
    }

    @Test
    void aNewOwnerDecidesTheSame() {
        var version = engine.define(workflow("w")
                .budget(TOKENS, 100)
                .step("first")
                .step("second", "first")
                .build());
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.report(worker.newest("first"), Spent.of(Usage.of(TOKENS, 99), Usage.NONE));
        engine.project();
        engine.crashAndReconnect();
        worker.end(worker.newest("first"), empty().using(TOKENS, 100));
        assertThat(failureOf(run).type()).isEqualTo(Failure.BUDGET_EXCEEDED);
    }

    @Test
    void aReplayFromTheStartHasItsBudgetAnew() {
        var version = engine.define(workflow("w")
                .budget(TOKENS, 100)
                .step("first")
                .step("second", "first")
                .build());
        var worker = engine.worker(1, version).on("first", any -> value("1").using(TOKENS, 100));
        var run = engine.start(version);
        assertThat(failureOf(run).type()).isEqualTo(Failure.BUDGET_EXCEEDED);
        worker.on("first", any -> value("1").using(TOKENS, 10));
        engine.replay(run, new Command.ReplayFrom.Start());
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }
}
