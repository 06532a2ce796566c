package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.engine.Command.NewInput;
import dev.millrace.engine.Command.ReplayFrom;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.harness.Values;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Runs that run again: as a new generation, with what need not run again. */
class ReplayTest {
    private static final ReplayFrom FAILED = new ReplayFrom.FailedSteps();
    private static final ReplayFrom START = new ReplayFrom.Start();

    private final EngineHarness engine = new EngineHarness();
    private final AtomicBoolean broken = new AtomicBoolean(true);

    private static ReplayFrom step(int node) {
        return new ReplayFrom.Step(node);
    }

    private FakeWorker worker(VersionRef version) {
        return engine.worker(4, version).on("ship", any -> broken.get() ? failure("Boom") : value("\"shipped\""));
    }

    private VersionRef orders() {
        return engine.define(workflow("order")
                .step("charge")
                .step("reserve")
                .step("ship", "charge", "reserve")
                .step("thank", "ship")
                .build());
    }

    private static List<String> steps(FakeWorker worker, int from) {
        return worker.assigned().stream()
                .skip(from)
                .map(Effect.Assignment::step)
                .toList();
    }

    private static String code(Reply reply) {
        return ((Reply.Refused) reply).code();
    }

    @Test
    void aFailedRunGoesOnFromItsFailedStepsWithWhatHadSucceeded() {
        var version = orders();
        var worker = worker(version).on("charge", any -> value("\"paid\""));
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        broken.set(false);
        assertThat(engine.replay(run, FAILED)).isEqualTo(new Reply.RunReplayed(2));
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(image.generation()).isEqualTo(2);
        assertThat(image.failure()).isEmpty();
        assertThat(steps(worker, 3)).containsExactly("ship", "thank");
        var ship = worker.assigned().get(3);
        assertThat(ship.attempt().generation()).isEqualTo(2);
        assertThat(ship.attempt().attempt()).isEqualTo(1);
        assertThat(Values.json(ship.arguments().get(0))).isEqualTo("\"paid\"");
    }

    @Test
    void theHistoryOfEarlierGenerationsStays() {
        var version = orders();
        worker(version);
        var run = engine.start(version);
        engine.project();
        broken.set(false);
        engine.replay(run, FAILED);
        engine.project();
        var stored = engine.snapshots().run(EngineHarness.TENANT, run).orElseThrow();
        assertThat(stored.history())
                .filteredOn(step -> step.node() == -1)
                .extracting(RunImage.Transition::state)
                .containsExactly("QUEUED", "RUNNING", "FAILED", "REPLAYED", "QUEUED", "RUNNING", "SUCCEEDED");
        assertThat(stored.history())
                .filteredOn(step -> step.state().equals("REPLAYED"))
                .singleElement()
                .extracting(RunImage.Transition::detail)
                .isEqualTo("as generation 2 by ada: for the test");
    }

    @Test
    void generationsThatEndedAndWereReplayedBetweenTwoPassesAreKeptAsTheyEndedAlsoAfterACrash() {
        var version = orders();
        worker(version);
        var early = engine.start(version);
        engine.replay(early, FAILED);
        engine.replay(early, FAILED);
        engine.project();
        assertThat(engine.snapshots().generations(EngineHarness.TENANT, early, 3))
                .extracting(RunImage::generation, RunImage::state)
                .containsExactly(tuple(1, RunState.FAILED), tuple(2, RunState.FAILED));
        var late = engine.start(version);
        engine.replay(late, FAILED);
        engine.crash();
        engine.project();
        assertThat(engine.snapshots().generations(EngineHarness.TENANT, late, 2))
                .singleElement()
                .satisfies(former -> {
                    assertThat(former.state()).isEqualTo(RunState.FAILED);
                    assertThat(former.tasks())
                            .extracting(RunImage.TaskImage::state)
                            .contains(TaskState.FAILED);
                });
    }

    @Test
    void aChosenStepRunsAgainAndWhatFollowsFromIt() {
        broken.set(false);
        var version = orders();
        var worker = worker(version);
        var run = engine.start(version);
        assertThat(engine.replay(run, step(1))).isEqualTo(new Reply.RunReplayed(2));
        assertThat(steps(worker, 4)).containsExactly("reserve", "ship", "thank");
        assertThat(engine.replay(run, START)).isEqualTo(new Reply.RunReplayed(3));
        assertThat(steps(worker, 7)).containsExactly("charge", "reserve", "ship", "thank");
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aReplayMayHaveAnotherInput() {
        broken.set(false);
        var version = orders();
        var worker = worker(version);
        var run = engine.start(version, "{\"cents\":1}");
        engine.ask(replyTo -> new Command.ReplayRun(
                replyTo,
                EngineHarness.TENANT,
                run,
                0,
                START,
                Optional.of(new NewInput(EngineHarness.payload("{\"cents\":2}"), RunTerms.NONE)),
                "ada",
                "the price was wrong"));
        assertThat(Values.json(worker.assigned().get(4).arguments().get(0))).isEqualTo("{\"cents\":2}");
        assertThat(engine.run(run).input()).isEqualTo(EngineHarness.payload("{\"cents\":2}"));
    }

    @Test
    void aReplayOfAGenerationIsMadeOnce() {
        var version = orders();
        worker(version);
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(engine.replay(run, 2, FAILED))
                .satisfies(reply -> assertThat(code(reply)).isEqualTo("RUN_REPLAYED"));
        assertThat(engine.replay(run, 1, FAILED)).isEqualTo(new Reply.RunReplayed(2));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(code(engine.replay(run, 1, FAILED))).isEqualTo("RUN_REPLAYED");
        assertThat(engine.run(run).generation()).isEqualTo(2);
    }

    @Test
    void whatWasUndoneIsDoneAgainAndSoIsWhatFollowsFromIt() {
        var version = engine.define(workflow("order")
                .step("look")
                .step("charge", "look")
                .step("note", "charge")
                .step("ship", "note")
                .compensated("charge")
                .build());
        var worker = worker(version);
        var run = engine.start(version);
        assertThat(engine.run(run).compensated()).isTrue();
        broken.set(false);
        engine.replay(run, FAILED);
        assertThat(steps(worker, 5)).containsExactly("charge", "note", "ship");
        assertThat(engine.run(run).compensated()).isFalse();
    }

    @Test
    void aReplayThatFailsIsUndoneAndReplayedLikeAnyRun() {
        var version = orders();
        worker(version);
        var run = engine.start(version);
        assertThat(engine.replay(run, FAILED)).isEqualTo(new Reply.RunReplayed(2));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        broken.set(false);
        assertThat(engine.replay(run, FAILED)).isEqualTo(new Reply.RunReplayed(3));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRunThatWasForgottenIsReplayedFromItsImageAlsoWhenTheOwnerDiesBeforeTheNextProjection() {
        var version = orders();
        worker(version);
        var run = engine.start(version);
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        engine.workers().forEach(FakeWorker::disconnect);
        broken.set(false);
        assertThat(engine.replay(run, FAILED)).isEqualTo(new Reply.RunReplayed(2));
        assertThat(engine.run(run).state()).isEqualTo(RunState.QUEUED);
        engine.crashAndReconnect();
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(run).tasks()).allMatch(task -> task.state() == TaskState.SUCCEEDED);
    }

    @Test
    void aReplayHasADeadlineOfItsOwn() {
        var version = engine.define(workflow("w")
                .deadline(Duration.ofHours(1))
                .step("ship", step -> step.queueTimeout(Duration.ofDays(1)))
                .build());
        var worker = worker(version);
        var run = engine.start(version);
        worker.disconnect();
        engine.advance(Duration.ofHours(2));
        engine.replay(run, FAILED);
        engine.advance(Duration.ofMinutes(59));
        assertThat(engine.run(run).state()).isEqualTo(RunState.QUEUED);
        engine.advance(Duration.ofMinutes(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.TIMED_OUT);
    }

    @Test
    void aRunThatAskedForLessTimeThanItsWorkflowAllowsHasNoMoreWhenItRunsAgain() {
        var version = engine.define(workflow("w")
                .deadline(Duration.ofHours(5))
                .step("ship", step -> step.queueTimeout(Duration.ofDays(1)))
                .build());
        worker(version);
        var plain = engine.starting(version, "1");
        var run = engine.start(new Command.RunStart(
                plain.run(),
                version,
                plain.input(),
                plain.idempotencyKey(),
                plain.digest(),
                plain.priority(),
                plain.metadata(),
                Optional.of(Duration.ofHours(1)),
                0));
        for (int generation = 2; generation <= 4; generation++) {
            engine.project();
            engine.advance(Duration.ofHours(2));
            engine.replay(run, FAILED);
            assertThat(engine.run(run).deadline())
                    .as("generation %d", generation)
                    .isEqualTo(engine.now().plus(Duration.ofHours(1)));
        }
    }

    @Test
    void conditionsAndSkipsAreDecidedAnew() {
        var version = engine.define(workflow("w")
                .step("score")
                .step("ship", step -> step.from("score").when("score < 1"))
                .step("thank", "ship")
                .build());
        broken.set(false);
        worker(version);
        engine.verdicts(any -> Optional.of(new Verdict.HoldsNot()));
        var run = engine.start(version);
        engine.verdicts(any -> Optional.of(Verdict.PLAIN));
        engine.replay(run, FAILED);
        assertThat(engine.run(run).tasks()).allMatch(task -> task.state() == TaskState.SUCCEEDED);
    }

    @Test
    void aMappedStepKeepsItsResultsOrRunsAsAWhole() {
        var version = engine.define(workflow("w")
                .step("list")
                .step("each", step -> step.each("list"))
                .step("ship", "each")
                .build());
        var worker = worker(version)
                .on("list", any -> value("[1,2]"))
                .on("each", task -> value(Values.json(task.arguments().get(0)) + "0"));
        var run = engine.start(version);
        broken.set(false);
        engine.replay(run, FAILED);
        assertThat(steps(worker, 4)).containsExactly("ship");
        assertThat(Values.json(worker.assigned().get(4).arguments().get(0))).isEqualTo("[10,20]");
        engine.replay(run, step(1));
        assertThat(steps(worker, 5)).containsExactly("each", "each", "ship");
    }

    @Test
    void onlyWhatHasEndedAndHasSomethingToRunIsReplayed() {
        var version = orders();
        var run = engine.start(version);
        assertThat(code(engine.replay(run, FAILED))).isEqualTo("RUN_NOT_FINISHED");
        broken.set(false);
        worker(version);
        assertThat(code(engine.replay(run, FAILED))).isEqualTo("NOTHING_TO_REPLAY");
        assertThat(code(engine.replay(run, step(4)))).isEqualTo("STEP_NOT_FOUND");
        assertThat(code(engine.replay(run, step(-1)))).isEqualTo("STEP_NOT_FOUND");
        assertThat(code(engine.replay(engine.newRun(), FAILED))).isEqualTo("RUN_NOT_FOUND");
        assertThat(engine.run(run).generation()).isEqualTo(1);
    }

    @Test
    void aCompletionOfAnEarlierGenerationIsStale() {
        var version = orders();
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var attempt = worker.newest("charge");
        engine.cancel(run, "for the test");
        worker.cancelled(attempt);
        engine.replay(run, START);
        worker.end(attempt, value("\"late\""));
        assertThat(worker.refused()).extracting(Effect.RefusedCompletion::code).containsExactly("STALE_ATTEMPT");
        assertThat(engine.run(run).tasks()).noneMatch(task -> task.state() == TaskState.SUCCEEDED);
    }
}
