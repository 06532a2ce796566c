package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.empty;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.engine.Command.Completion;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What attempts say that they used counts once, whatever becomes of them. */
class UsageTest {
    private static final String TOKENS = "openai.tokens";
    private final EngineHarness engine = new EngineHarness();
    private final VersionRef work = engine.define(workflow("work")
            .step("work", step -> step.retries(3).timeout(Duration.ofMinutes(1)))
            .build());

    private static Spent used(long tokens) {
        return Spent.of(Usage.of(TOKENS, tokens), Usage.NONE);
    }

    private long tokens(RunId run) {
        return engine.run(run).usage().amount(TOKENS);
    }

    private long facts() {
        return engine.facts().stream()
                .filter(Fact.AttemptSpent.class::isInstance)
                .count();
    }

    @Test
    void whatAttemptsUseAddsUpWhetherTheySucceedOrFail() {
        engine.worker(1, work)
                .on(
                        "work",
                        attempt -> attempt.attempt().attempt() == 1
                                ? failure("Boom").using(TOKENS, 100).using("pages", 1)
                                : value("1").using(TOKENS, 30));
        var run = engine.start(work);
        assertThat(tokens(run)).isEqualTo(100);
        engine.advance(Duration.ofMinutes(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(run).usage()).isEqualTo(Usage.of(Map.of(TOKENS, 130L, "pages", 1L)));
    }

    @Test
    void theHistoryTellsWhatEachAttemptUsed() {
        engine.worker(1, work)
                .on(
                        "work",
                        attempt -> attempt.attempt().attempt() == 1
                                ? failure("Boom").using(TOKENS, 100)
                                : value("1").using(TOKENS, 30));
        var run = engine.start(work);
        engine.advance(Duration.ofMinutes(1));
        assertThat(engine.run(run).history())
                .filteredOn(transition -> !transition.used().isNone())
                .extracting(RunImage.Transition::attempt, RunImage.Transition::state, RunImage.Transition::used)
                .containsExactly(
                        tuple(1, "FAILED", Usage.of(TOKENS, 100)), tuple(2, "SUCCEEDED", Usage.of(TOKENS, 30)));
    }

    @Test
    void aCompletionThatComesTwiceCountsOnce() {
        var worker = engine.workerByHand(1, work);
        var run = engine.start(work);
        var completion = new Completion(1, worker.newest("work"), value("1").outcome(), used(70));
        worker.say(completion);
        worker.say(completion);
        engine.crashAndReconnect();
        worker.say(completion);
        assertThat(tokens(run)).isEqualTo(70);
        assertThat(facts()).isEqualTo(1);
    }

    @Test
    void aReportSaysHowMuchInAllSoSayingItTwiceCountsOnce() {
        var worker = engine.workerByHand(1, work);
        var run = engine.start(work);
        worker.report(worker.newest("work"), used(10));
        worker.report(worker.newest("work"), used(10));
        assertThat(facts()).isEqualTo(1);
        worker.report(worker.newest("work"), used(25));
        worker.report(worker.newest("work"), used(10)); // late, and so less than is known
        assertThat(tokens(run)).isEqualTo(25);
        worker.end(worker.newest("work"), value("1").using(TOKENS, 40));
        assertThat(tokens(run)).isEqualTo(40);
    }

    @Test
    void whatALostWorkerReportedCountsAndWhatItSaysLaterDoesNot() {
        var lost = engine.workerByHand(1, work);
        var run = engine.start(work);
        var attempt = lost.newest("work");
        lost.report(attempt, used(500));
        lost.disconnect();
        engine.advance(ShardSettings.DEFAULT.reconnectGrace());
        var other = engine.workerByHand(1, work);
        lost.connect();
        lost.say(new Completion(1, attempt, value("1").outcome(), used(900)));
        lost.report(attempt, used(900));
        assertThat(tokens(run)).isEqualTo(500);
        other.end(other.newest("work"), value("2").using(TOKENS, 7));
        assertThat(tokens(run)).isEqualTo(507);
        assertThat(lost.refused()).hasSize(1);
    }

    @Test
    void whatTimedOutHasUsedWhatItReported() {
        var worker = engine.workerByHand(1, work);
        var run = engine.start(work);
        worker.report(worker.newest("work"), used(42));
        engine.advance(Duration.ofMinutes(1));
        assertThat(engine.run(run).tasks().get(0).attempt()).isEqualTo(1);
        assertThat(engine.run(run).tasks().get(0).state()).isEqualTo(TaskState.BACKING_OFF);
        assertThat(tokens(run)).isEqualTo(42);
    }

    @Test
    void aDurableStepCountsWhatEachOfItsAttemptsUsed() {
        var version = engine.define(
                workflow("durable").step("think", step -> step.durable()).build());
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var first = worker.newest("think");
        worker.store(first, FakeWorker.waits(CheckpointKind.SLEEP, "rest", 0, Duration.ofSeconds(5)));
        engine.send(new Command.SuspendAttempt(worker.session(), first, 0, used(11)));
        engine.advance(Duration.ofSeconds(6));
        assertThat(worker.newest("think").attempt()).isEqualTo(2);
        worker.end(worker.newest("think"), value("1").using(TOKENS, 5));
        assertThat(tokens(run)).isEqualTo(16);
    }

    @Test
    void aNewOwnerKnowsWhatALiveAttemptHasSaid() {
        var worker = engine.workerByHand(1, work);
        var run = engine.start(work);
        worker.report(worker.newest("work"), used(10));
        engine.project();
        worker.report(worker.newest("work"), used(15));
        engine.crashAndReconnect();
        worker.report(worker.newest("work"), used(18));
        worker.end(worker.newest("work"), value("1").using(TOKENS, 20));
        assertThat(tokens(run)).isEqualTo(20);
        engine.project();
        assertThat(engine.counted(run)).isEqualTo(Usage.of(TOKENS, 20));
        engine.crashAndReconnect();
        assertThat(tokens(run)).isEqualTo(20);
    }

    @Test
    void aReplayKeepsTheCostOfWhatItKeepsAndTheSumOfAllIsNotForgotten() {
        var version = engine.define(
                workflow("two").step("first").step("second", "first").build());
        var worker = engine.worker(1, version)
                .on("first", any -> value("1").using(TOKENS, 100))
                .on("second", any -> failure("Boom").using(TOKENS, 20));
        var run = engine.start(version);
        assertThat(tokens(run)).isEqualTo(120);
        worker.on("second", any -> value("2").using(TOKENS, 3));
        engine.replay(run, new Command.ReplayFrom.FailedSteps());
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(tokens(run)).isEqualTo(103);
        engine.project();
        assertThat(engine.counted(run)).isEqualTo(Usage.of(TOKENS, 123));
    }

    @Test
    void moreNamesThanAreCountedFailTheStepAndWhatHadRoomHasBeenCounted() {
        var version = engine.define(
                workflow("two").step("first").step("second", "first").build());
        engine.worker(1, version)
                .on("first", any -> many(empty(), 0, Usage.MOST_NAMES - 1))
                .on("second", any -> many(value("2"), Usage.MOST_NAMES - 2, 3));
        var run = engine.start(version);
        var image = engine.run(run);
        assertThat(image.failure().map(RunFailure::cause).map(Failure::type)).isEqualTo(Optional.of("USAGE_LIMIT"));
        assertThat(image.failure().orElseThrow().cause().message()).contains("'second'", "50", run.toString());
        assertThat(image.usage().amounts()).hasSize(Usage.MOST_NAMES);
        assertThat(image.usage().amount("name-48")).isEqualTo(2);
    }

    private static FakeWorker.Result many(FakeWorker.Result result, int from, int count) {
        var with = result;
        for (int i = from; i < from + count; i++) {
            with = with.using("name-%02d".formatted(i), 1);
        }
        return with;
    }

    @Test
    void aLiveAttemptWithTooManyNamesIsStoppedAtOnce() {
        var worker = engine.workerByHand(1, work);
        var run = engine.start(work);
        var names = new HashMap<String, Long>();
        for (int i = 0; i <= Usage.MOST_NAMES; i++) {
            names.put("name-" + i, 1L);
        }
        worker.report(worker.newest("work"), Spent.of(Usage.of(names), Usage.NONE));
        assertThat(engine.run(run).failure().map(RunFailure::cause).map(Failure::type))
                .isEqualTo(Optional.of(Failure.USAGE_LIMIT));
        assertThat(worker.cancels()).hasSize(1);
    }

    @Test
    void sumsThatAreTooLargeStayAtTheLargest() {
        var most = Usage.of(TOKENS, Long.MAX_VALUE);
        assertThat(most.plus(Usage.of(TOKENS, 1))).isEqualTo(most);
        assertThat(most.since(most)).isEqualTo(Usage.NONE);
        assertThatThrownBy(() -> Usage.of(TOKENS, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Usage.of("x".repeat(65), 1)).isInstanceOf(IllegalArgumentException.class);
    }
}
