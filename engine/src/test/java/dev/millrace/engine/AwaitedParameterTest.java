package dev.millrace.engine;

import static dev.millrace.engine.harness.EngineHarness.payload;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.harness.WorkflowBuilder;
import dev.millrace.manifest.ParameterSpec.Mode;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Steps that wait for events and people before they begin: no worker has them meanwhile, and they begin once, with what came. */
class AwaitedParameterTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final EngineHarness engine = new EngineHarness();

    private VersionRef define(Consumer<WorkflowBuilder.StepBuilder> ship) {
        return engine.define(workflow("w")
                .deadline(Duration.ofDays(30))
                .step("pack")
                .step("ship", step -> {
                    step.from("pack");
                    ship.accept(step);
                })
                .build());
    }

    private FakeWorker worker(VersionRef version) {
        return engine.worker(4, version).on("pack", assigned -> value("7")).on("ship", assigned -> value("8"));
    }

    private boolean bring(RunId run, CheckpointKind kind, String name, int count, String json, String source) {
        return settle(run, 1, kind, name, count, Checkpoint.State.DONE, payload(json), source)
                .accepted();
    }

    private Reply.WaitSettled settle(
            RunId run,
            int element,
            CheckpointKind kind,
            String name,
            int count,
            Checkpoint.State state,
            Payload value,
            String source) {
        return (Reply.WaitSettled) engine.ask(replyTo -> new Command.SettleWait(
                replyTo,
                EngineHarness.TENANT,
                run,
                1,
                1,
                element - 1,
                new CheckpointKey(CheckpointKey.BEFORE, name, count),
                kind,
                state,
                value,
                source));
    }

    private TaskImage ship(RunId run) {
        return engine.run(run).tasks().get(1);
    }

    private List<Effect.Awaits> told() {
        return engine.effects().stream()
                .filter(Effect.Awaits.class::isInstance)
                .map(Effect.Awaits.class::cast)
                .toList();
    }

    private Effect.Awaits lastTold() {
        return told().get(told().size() - 1);
    }

    private static List<Payload> values(Effect.Assignment assigned) {
        return assigned.arguments().stream()
                .map(argument -> argument.values().get(0))
                .toList();
    }

    @Test
    void aStepBeginsWhenItsEventHasCome() {
        var version = define(step -> step.awaits("paid", DAY, Mode.VALUE));
        var worker = worker(version);
        var run = engine.start(version, "{\"id\":5}");
        assertThat(ship(run).state()).isEqualTo(TaskState.WAITING);
        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
        assertThat(lastTold().input()).as("its condition names the input").isEqualTo(payload("{\"id\":5}"));
        assertThat(lastTold().open()).singleElement().satisfies(open -> {
            assertThat(open.checkpoint().key().name()).isEqualTo("paid");
            assertThat(open.checkpoint().place()).as("the parameter").isEqualTo(1);
            assertThat(open.checkpoint().until()).isEqualTo(engine.now().plus(DAY));
        });
        engine.advance(DAY.minusSeconds(1));
        assertThat(worker.assigned()).hasSize(1);
        assertThat(bring(run, CheckpointKind.EVENT, "paid", 1, "9", "e1")).isTrue();
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(values(worker.assigned().get(1))).containsExactly(payload("7"), payload("9"));
        assertThat(lastTold().open()).isEmpty();
        engine.advance(DAY);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aStepThatCannotDoWithoutFailsWhenTheTimeIsUp() {
        var version = define(step -> step.awaits("paid", DAY, Mode.VALUE));
        worker(version);
        var run = engine.start(version);
        engine.advance(DAY);
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(engine.run(run).failure().orElseThrow().cause()).satisfies(cause -> {
            assertThat(cause.type()).isEqualTo(Failure.EVENT_TIMEOUT);
            assertThat(cause.message()).contains("'ship'").contains("'paid'");
        });
        assertThat(lastTold().open()).isEmpty();
        assertThat(bring(run, CheckpointKind.EVENT, "paid", 1, "9", "e1")).isFalse();
    }

    @Test
    void aStepThatCanDoWithoutBeginsWhenTheTimeIsUp() {
        var version = define(step -> step.awaits("paid", DAY, Mode.OPTIONAL));
        var worker = worker(version);
        var run = engine.start(version);
        engine.advance(DAY);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(worker.assigned().get(1).arguments().get(1).state()).isEqualTo(TaskState.SKIPPED);
    }

    @Test
    void aStepWaitsForAllThatItTakesAndEachComesOnce() {
        var version = define(step -> step.awaits("paid", DAY, Mode.VALUE)
                .asks("Ship it?")
                .awaits("paid", DAY.multipliedBy(2), Mode.OPTIONAL));
        var worker = worker(version);
        var run = engine.start(version);
        assertThat(bring(run, CheckpointKind.APPROVAL, "Ship it?", 1, "true", "ada"))
                .isTrue();
        assertThat(bring(run, CheckpointKind.APPROVAL, "Ship it?", 1, "false", "bob"))
                .isFalse();
        assertThat(bring(run, CheckpointKind.EVENT, "paid", 1, "1", "e1")).isTrue();
        assertThat(bring(run, CheckpointKind.EVENT, "paid", 2, "1", "e1"))
                .as("it has had this one")
                .isFalse();
        assertThat(ship(run).state()).isEqualTo(TaskState.WAITING);
        assertThat(bring(run, CheckpointKind.EVENT, "paid", 2, "2", "e2")).isTrue();
        assertThat(values(worker.assigned().get(1)))
                .containsExactly(payload("7"), payload("1"), payload("true"), payload("2"));
        assertThat(ship(run).checkpoints().all()).extracting(Checkpoint::source).containsExactly("e1", "ada", "e2");
    }

    @Test
    void whatSaysNoEndWaitsAsLongAsTheRunMay() {
        var version = define(step -> step.asks("Ship it?"));
        worker(version);
        var run = engine.start(version);
        assertThat(lastTold().open().get(0).checkpoint().until())
                .isEqualTo(engine.run(run).deadline());
        engine.advance(Duration.ofDays(30));
        assertThat(engine.run(run).state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(lastTold().open()).isEmpty();
    }

    @Test
    void somebodyMayEndAWait() {
        var version = define(step -> step.asks("Ship it?"));
        worker(version);
        var run = engine.start(version);
        assertThat(settle(
                                run,
                                1,
                                CheckpointKind.APPROVAL,
                                "Ship it?",
                                1,
                                Checkpoint.State.TIMED_OUT,
                                Payload.NONE,
                                "ada")
                        .accepted())
                .isTrue();
        assertThat(engine.run(run).failure().orElseThrow().cause().type()).isEqualTo(Failure.APPROVAL_TIMEOUT);
    }

    @Test
    void aWaitOutlivesCrashesAndIsOutOfMemory() {
        var version = define(step -> step.awaits("paid", DAY, Mode.VALUE).asks("Ship it?"));
        worker(version);
        var run = engine.start(version);
        engine.crashAndReconnect();
        assertThat(engine.shard().awaits())
                .singleElement()
                .satisfies(awaits -> assertThat(awaits.open()).hasSize(2));
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        assertThat(bring(run, CheckpointKind.APPROVAL, "Ship it?", 1, "true", "ada"))
                .isTrue();
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        engine.crashAndReconnect();
        assertThat(bring(run, CheckpointKind.EVENT, "paid", 1, "1", "e1")).isTrue();
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void theTimeIsUpAlsoWhileItIsOutOfMemory() {
        var version = define(step -> step.awaits("paid", DAY, Mode.OPTIONAL));
        worker(version);
        var run = engine.start(version);
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        engine.advance(DAY);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void anAttemptThatFailsIsTriedAgainWithWhatCame() {
        var version = define(step -> step.awaits("paid", DAY, Mode.VALUE).retries(1));
        var worker = worker(version)
                .on(
                        "ship",
                        assigned -> assigned.attempt().attempt() == 1 ? failure("java.io.IOException") : value("8"));
        var run = engine.start(version);
        bring(run, CheckpointKind.EVENT, "paid", 1, "9", "e1");
        engine.advance(DAY);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(values(worker.assigned().get(2))).containsExactly(payload("7"), payload("9"));
    }

    @Test
    void whatIsCancelledOrSettledByHandIsNotWaitedForAnyMore() {
        var version = define(step -> step.asks("Ship it?"));
        worker(version);
        var run = engine.start(version);
        engine.cancel(run, "not wanted");
        assertThat(engine.run(run).state()).isEqualTo(RunState.CANCELLED);
        assertThat(lastTold().run()).isEqualTo(run);
        assertThat(lastTold().open()).isEmpty();
        var other = engine.start(version);
        engine.settle(other, 1, new Command.Settlement.Complete(payload("1"), -1));
        assertThat(engine.run(other).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(lastTold().open()).isEmpty();
    }

    @Test
    void whatTheConditionLeavesOutAsksNobody() {
        engine.verdicts(question -> java.util.Optional.of(new Verdict.HoldsNot()));
        var version = define(step -> step.asks("Ship it?").when("input.wanted"));
        worker(version);
        var run = engine.start(version);
        assertThat(ship(run).state()).isEqualTo(TaskState.SKIPPED);
        assertThat(told()).isEmpty();
    }

    @Test
    void eachElementOfAListWaitsByItself() {
        var version = engine.define(workflow("w")
                .step("split")
                .step("ship", step -> step.each("split").asks("Ship it?"))
                .build());
        var worker = engine.worker(4, version)
                .on("split", assigned -> value("[1,2]"))
                .on("ship", assigned -> value("8"));
        var run = engine.start(version);
        assertThat(lastTold().open()).hasSize(2);
        for (int element = 1; element <= 2; element++) {
            assertThat(worker.assigned()).hasSize(element);
            settle(
                    run,
                    element,
                    CheckpointKind.APPROVAL,
                    "Ship it?",
                    1,
                    Checkpoint.State.DONE,
                    payload("true"),
                    "ada" + element);
        }
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aDurableStepWaitsBeforeItBeginsAndThenByItsOwnCode() {
        var version = define(step -> step.asks("Ship it?").durable().timeout(Duration.ofDays(3)));
        var worker = engine.workerByHand(4, version);
        var run = engine.start(version);
        worker.end(worker.newest("pack"), value("7"));
        engine.advance(Duration.ofDays(5));
        assertThat(bring(run, CheckpointKind.APPROVAL, "Ship it?", 1, "true", "ada"))
                .as("its own time has not begun")
                .isTrue();
        var attempt = worker.newest("ship");
        worker.store(attempt, FakeWorker.waits(CheckpointKind.SLEEP, "sleep", 0, DAY));
        worker.suspend(attempt, 0);
        engine.crashAndReconnect();
        assertThat(ship(run).state()).isEqualTo(TaskState.WAITING);
        engine.advance(DAY);
        assertThat(worker.newest("ship").attempt()).isEqualTo(2);
        assertThat(worker.assigned()
                        .get(worker.assigned().size() - 1)
                        .checkpoints()
                        .all())
                .as("of the code alone")
                .extracting(checkpoint -> checkpoint.key().name())
                .containsExactly("sleep");
        worker.end(worker.newest("ship"), value("8"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void itIsToldWhatAStepWaitsFor() {
        var version = define(step -> step.asks("Ship it?"));
        worker(version);
        var run = engine.start(version);
        assertThat(GateScenarios.explain(engine, run, 1).holds())
                .singleElement()
                .satisfies(hold -> {
                    assertThat(hold.gate()).isEqualTo(Hold.Gate.APPROVAL);
                    assertThat(hold.name()).isEqualTo("Ship it?");
                    assertThat(hold.since()).isEqualTo(engine.now());
                });
        engine.project();
        assertThat(GateScenarios.explain(engine, run, 1).holds())
                .singleElement()
                .satisfies(hold -> assertThat(hold.since()).isEqualTo(engine.now()));
    }

    @Test
    void aReplayAsksAnew() {
        var version = define(step -> step.asks("Ship it?"));
        worker(version);
        var run = engine.start(version);
        bring(run, CheckpointKind.APPROVAL, "Ship it?", 1, "true", "ada");
        engine.replay(run, new Command.ReplayFrom.Step(1));
        assertThat(ship(run).state()).isEqualTo(TaskState.WAITING);
        assertThat(lastTold().generation()).isEqualTo(2);
        assertThat(lastTold().open()).hasSize(1);
    }
}
