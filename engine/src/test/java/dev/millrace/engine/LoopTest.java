package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.again;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Command.ReplayFrom;
import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.RunImage.Transition;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.harness.Values;
import dev.millrace.engine.harness.WorkflowBuilder;
import dev.millrace.manifest.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Steps that are called again until they are done. */
class LoopTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final EngineHarness engine = new EngineHarness();

    private VersionRef loop() {
        return loop(step -> {});
    }

    private VersionRef loop(Consumer<WorkflowBuilder.StepBuilder> more) {
        return engine.define(workflow("follow")
                .deadline(Duration.ofDays(1))
                .step("poll", step -> more.accept(step.loop()))
                .step("tell", "poll")
                .build());
    }

    /** Counts the turns, and is done after so many. */
    private static FakeWorker.Step counting(int turns, Duration delay) {
        return attempt -> attempt.turn() < turns ? again("" + attempt.turn(), delay) : value("\"done\"");
    }

    private RunImage.TaskImage poll(RunId run) {
        return engine.run(run).tasks().get(0);
    }

    private static List<String> given(FakeWorker worker) {
        return worker.assigned().stream()
                .filter(attempt -> attempt.step().equals("poll"))
                .map(LoopTest::previous)
                .toList();
    }

    private static String previous(Assignment attempt) {
        var last = attempt.arguments().get(attempt.arguments().size() - 1);
        return last.state() == TaskState.SKIPPED ? "nothing" : Values.json(last);
    }

    @Test
    void aLoopIsCalledAgainWithWhatTheTurnBeforeLeftUntilItIsDone() {
        var version = loop();
        var worker = engine.worker(1, version).on("poll", counting(4, Duration.ZERO));
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(given(worker)).containsExactly("nothing", "1", "2", "3");
        assertThat(worker.assigned()).extracting(Assignment::turn).containsExactly(1, 2, 3, 4, 0);
        assertThat(Values.json(poll(run).result())).isEqualTo("\"done\"");
        assertThat(poll(run).loop()).isEqualTo(new LoopState(3, Payload.NONE));
        assertThat(Values.json(worker.assigned().get(4).arguments().get(0))).isEqualTo("\"done\"");
    }

    @Test
    void betweenTwoTurnsItHoldsNoWorkerAndItsRunWaits() {
        var version = loop();
        var worker = engine.worker(1, version).on("poll", counting(2, MINUTE));
        var first = engine.start(version);
        var second = engine.start(version);
        assertThat(given(worker)).as("one slot serves both").hasSize(2);
        for (var run : List.of(first, second)) {
            assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
            assertThat(poll(run).state()).isEqualTo(TaskState.BACKING_OFF);
            assertThat(poll(run).due()).isEqualTo(engine.now().plus(MINUTE));
        }
        engine.advance(MINUTE.minusMillis(1));
        assertThat(given(worker)).hasSize(2);
        engine.advance(Duration.ofMillis(1));
        assertThat(engine.run(first).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(second).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void eachTurnHasRetriesOfItsOwn() {
        var version = loop(step -> step.retries(1).backoff(new Backoff(MINUTE, 1, MINUTE)));
        var broken = new AtomicBoolean();
        engine.worker(1, version).on("poll", attempt -> {
            broken.set(!broken.get());
            return broken.get() ? failure("Busy") : counting(3, Duration.ZERO).apply(attempt);
        });
        var run = engine.start(version);
        engine.advance(MINUTE.multipliedBy(3));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(poll(run).attempt()).as("two of each turn").isEqualTo(6);
    }

    @Test
    void aTurnThatFailsForGoodFailsTheTaskAndSaysInWhichTurn() {
        var version = loop(step -> step.retries(1).backoff(new Backoff(MINUTE, 1, MINUTE)));
        engine.worker(1, version)
                .on("poll", attempt -> attempt.turn() == 2 ? failure("Busy") : again("1", Duration.ZERO));
        var run = engine.start(version);
        engine.advance(MINUTE);
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(poll(run).loop().turn()).isEqualTo(2);
        assertThat(poll(run).charged()).isEqualTo(2);
    }

    @Test
    void eachTurnHasTheTimeoutOfItsStepAndTheDeadlineIsThatOfTheRun() {
        var version = loop(step -> step.timeout(MINUTE));
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        for (int turn = 1; turn <= 3; turn++) {
            worker.accept(worker.newest("poll"));
            engine.advance(MINUTE.minusMillis(1));
            worker.end(worker.newest("poll"), again("" + turn, Duration.ZERO));
        }
        assertThat(poll(run).loop().turn()).as("no turn ran too long").isEqualTo(4);
        worker.accept(worker.newest("poll"));
        worker.end(worker.newest("poll"), again("4", Duration.ofDays(30)));
        engine.advance(Duration.ofDays(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(poll(run).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void theHistoryNamesEachTurn() {
        var version = loop();
        engine.worker(1, version).on("poll", counting(3, MINUTE));
        var run = engine.start(version);
        engine.advance(MINUTE.multipliedBy(2));
        assertThat(engine.run(run).history())
                .filteredOn(step -> step.node() == 0 && step.state().equals("SUCCEEDED"))
                .extracting(Transition::attempt, Transition::detail)
                .containsExactly(tuple(1, "turn 1"), tuple(2, "turn 2"), tuple(3, "turn 3"), tuple(0, ""));
    }

    @Test
    void whatATurnLeftOutlivesTheOwnerAndTheWorker() {
        var version = loop();
        var worker = engine.worker(1, version).on("poll", counting(5, MINUTE));
        var run = engine.start(version);
        engine.advance(MINUTE);
        engine.project();
        engine.crashAndReconnect();
        engine.advance(MINUTE);
        engine.crashAndReconnect();
        engine.advance(MINUTE.multipliedBy(2));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(given(worker)).containsExactly("nothing", "1", "2", "3", "4");
    }

    @Test
    void aLostAttemptDoesItsTurnAgain() {
        var version = loop();
        var first = engine.workerByHand(1, version);
        var run = engine.start(version);
        first.accept(first.newest("poll"));
        first.end(first.newest("poll"), again("\"one\"", Duration.ZERO));
        first.accept(first.newest("poll"));
        first.die();
        var second = engine.worker(1, version).on("poll", attempt -> value("\"done\""));
        engine.advance(MINUTE);
        assertThat(second.assigned().get(0).turn()).isEqualTo(2);
        assertThat(previous(second.assigned().get(0))).isEqualTo("\"one\"");
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRunThatIsCancelledHasNoOtherTurn() {
        var version = loop();
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.accept(worker.newest("poll"));
        engine.cancel(run, "for the test");
        worker.end(worker.newest("poll"), again("1", Duration.ZERO));
        assertThat(engine.run(run).state()).isEqualTo(RunState.CANCELLED);
        assertThat(poll(run).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(worker.assigned()).hasSize(1);
    }

    @Test
    void aTaskThatIsCancelledBetweenTwoTurnsEnds() {
        var version = loop();
        engine.worker(1, version).on("poll", counting(2, MINUTE));
        var run = engine.start(version);
        engine.settle(run, 0, new Command.Settlement.Cancel());
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(poll(run).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void aLoopHasSoManyTurnsAndNoMore() {
        var version = loop();
        var worker = engine.worker(1, version).on("poll", attempt -> again("1", Duration.ZERO));
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(worker.assigned()).hasSize(LoopState.MOST_TURNS);
        assertThat(poll(run).failure().orElseThrow())
                .satisfies(failure -> assertThat(failure.type()).isEqualTo(Failure.TURN_LIMIT))
                .satisfies(failure -> assertThat(failure.message()).contains("after its turn 10000"));
    }

    @Test
    void aStepThatIsNoLoopHasNoTurns() {
        var version = engine.define(workflow("w").step("work").build());
        var worker = engine.worker(1, version).on("work", any -> again("1", Duration.ZERO));
        var run = engine.start(version);
        assertThat(engine.run(run).failure().orElseThrow().cause().type()).isEqualTo(Failure.OUTPUT_INVALID);
        assertThat(worker.assigned())
                .singleElement()
                .satisfies(attempt -> assertThat(attempt.turn()).isZero());
    }

    @Test
    void eachElementOfAMappedStepIsALoopOfItsOwn() {
        var version = engine.define(workflow("w")
                .step("list")
                .step("poll", step -> step.each("list").loop())
                .step("sum", "poll")
                .build());
        var worker = engine.worker(2, version)
                .on("list", any -> value("[1,2]"))
                .on(
                        "poll",
                        attempt -> attempt.turn() <= attempt.attempt().element() + 1
                                ? again("" + attempt.turn(), MINUTE)
                                : value("\"e" + attempt.attempt().element() + "\""));
        var run = engine.start(version);
        engine.advance(MINUTE.multipliedBy(3));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        var sum = worker.assigned().get(worker.assigned().size() - 1);
        assertThat(Values.json(sum.arguments().get(0))).isEqualTo("[\"e0\",\"e1\"]");
    }

    // ---- replays ----

    private FakeWorker failingInTurnThree(VersionRef version, AtomicBoolean broken) {
        return engine.worker(1, version)
                .on(
                        "poll",
                        attempt -> attempt.turn() == 3 && broken.get()
                                ? failure("Broken")
                                : counting(4, Duration.ZERO).apply(attempt));
    }

    @Test
    void aFailedRunThatIsReplayedGoesOnWithTheTurnInWhichItFailed() {
        var version = loop();
        var broken = new AtomicBoolean(true);
        var worker = failingInTurnThree(version, broken);
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        broken.set(false);
        engine.replay(run, new ReplayFrom.FailedSteps());
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(given(worker)).containsExactly("nothing", "1", "2", "2", "3");
        assertThat(poll(run).loop().turns()).isEqualTo(3);
        engine.crash();
        assertThat(poll(run).loop().turns()).isEqualTo(3);
    }

    @Test
    void aLoopThatIsReplayedByNameOrFromTheStartBeginsAnew() {
        for (var from : List.of(new ReplayFrom.Start(), new ReplayFrom.Step(0))) {
            var version = loop();
            var broken = new AtomicBoolean(true);
            var worker = failingInTurnThree(version, broken);
            var run = engine.start(version);
            broken.set(false);
            engine.replay(run, from);
            assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
            assertThat(given(worker)).containsExactly("nothing", "1", "2", "nothing", "1", "2", "3");
            worker.disconnect();
        }
    }

    @Test
    void whatALoopHoldsInMemoryIsWhatItsLastTurnLeft() {
        var version = loop();
        engine.worker(1, version).on("poll", counting(4, MINUTE));
        engine.start(version);
        long one = engine.shard().residents().payloadBytes();
        engine.advance(MINUTE);
        assertThat(engine.shard().residents().payloadBytes()).isEqualTo(one);
    }

    @Test
    void aWorkerThatSaysAgainWithoutAStateIsNotUnderstood() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> new Outcome.Again(Payload.NONE, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none");
    }
}
