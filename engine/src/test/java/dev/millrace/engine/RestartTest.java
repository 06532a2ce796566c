package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.called;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.RunImage.Transition;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.manifest.ConcurrencyStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Runs that begin anew because their durable code wants it so: what stays, and what does not. */
class RestartTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(workflow("loop")
            .deadline(Duration.ofDays(20))
            .step("turn", step -> step.durable().timeout(Duration.ofDays(10)))
            .build());

    private static FakeWorker.Result restart(String input) {
        return new FakeWorker.Result(
                new Command.Outcome.Restart(new Command.NewInput(EngineHarness.payload(input), RunTerms.NONE)),
                Duration.ZERO);
    }

    private static Command.NewCheckpoint waits(CheckpointKind kind, String name, int place) {
        return new Command.NewCheckpoint(
                place + 1, new CheckpointKey("", name, 1), place, kind, "", new Command.Content.Wait(DAY));
    }

    private RunImage stored(RunId run) {
        return engine.snapshots().run(EngineHarness.TENANT, run).orElseThrow();
    }

    private List<RunImage> generations(RunId run) {
        return engine.snapshots()
                .generations(EngineHarness.TENANT, run, engine.run(run).generation());
    }

    private Reply signal(RunId run, String name, String request, String json) {
        return engine.ask(replyTo -> new Command.SendSignal(
                replyTo, EngineHarness.TENANT, run, new Signal(name, request, EngineHarness.payload(json))));
    }

    private Effect.Awaits lastTold() {
        var told = engine.effects().stream()
                .filter(Effect.Awaits.class::isInstance)
                .map(Effect.Awaits.class::cast)
                .toList();
        return told.get(told.size() - 1);
    }

    private TaskImage task(RunId run) {
        return engine.run(run).tasks().get(0);
    }

    @Test
    void aRunThatBeginsAnewKeepsItsIdAndDropsWhatWasStored() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("turn"), called("plan", 0, "1"));
        engine.advance(DAY);
        worker.end(worker.newest("turn"), restart("{\"turn\":2}"));

        var image = engine.run(run);
        assertThat(image.generation()).isEqualTo(2);
        assertThat(image.input()).isEqualTo(EngineHarness.payload("{\"turn\":2}"));
        assertThat(image.deadline())
                .as("the workflow's time begins anew")
                .isEqualTo(image.started().plus(Duration.ofDays(21)));
        assertThat(task(run).checkpoints().all()).isEmpty();
        assertThat(task(run).attempt()).as("attempts are numbered anew").isEqualTo(1);
        assertThat(worker.newest("turn").generation()).isEqualTo(2);
        worker.end(worker.newest("turn"), value("7"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void itsHistoryBeginsAnewAndIsNoLongerForAThousandTurns() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        for (int turn = 0; turn < 1_000; turn++) {
            worker.end(worker.newest("turn"), restart("" + turn));
            if (turn % 10 == 0) {
                engine.project();
            }
        }
        engine.project();
        var stored = stored(run);
        assertThat(stored.history())
                .extracting(Transition::state)
                .containsExactly("RESTARTED", "QUEUED", "QUEUED", "RUNNING", "OFFERED");
        assertThat(stored.generation()).isEqualTo(1_001);
        assertThat(generations(run)).as("former ones are not kept").isEmpty();
    }

    @Test
    void whoeverWaitsForTheEndOfTheRunWaitsOn() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        long follower = engine.newReply();
        engine.send(new Command.FollowRun(follower, EngineHarness.TENANT, run));
        worker.end(worker.newest("turn"), restart("2"));
        assertThat(engine.reply(follower)).isEmpty();
        worker.end(worker.newest("turn"), value("7"));
        assertThat(engine.reply(follower)).containsInstanceOf(Reply.RunEnded.class);
    }

    @Test
    void signalsThatNobodyHasTakenAreThereAfterwards() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        signal(run, "go", "r1", "1");
        signal(run, "go", "r2", "2");
        worker.store(worker.newest("turn"), waits(CheckpointKind.SIGNAL, "go", 0));
        worker.end(worker.newest("turn"), restart("2"));
        engine.project();
        engine.crashAndReconnect();

        assertThat(engine.run(run).signals().kept()).extracting(Signal::request).containsExactly("r2");
        worker.store(worker.newest("turn"), waits(CheckpointKind.SIGNAL, "go", 0));
        assertThat(task(run).checkpoints().all())
                .singleElement()
                .satisfies(taken -> assertThat(taken.source()).isEqualTo("r2"));
        assertThat(signal(run, "go", "r1", "1"))
                .as("what was taken before is known")
                .isEqualTo(new Reply.SignalTaken(true));
    }

    @Test
    void anEventThatWasTakenBeforeDoesNotComeAgain() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("turn"), waits(CheckpointKind.EVENT, "paid", 0));
        assertThat(bring(run, 1, "e4").accepted()).isTrue();
        worker.end(worker.newest("turn"), restart("2"));
        engine.crashAndReconnect();
        worker.store(worker.newest("turn"), waits(CheckpointKind.EVENT, "paid", 0));

        assertThat(lastTold().open())
                .singleElement()
                .satisfies(open -> assertThat(open.since()).isEqualTo("e4"));
        engine.project();
        assertThat(Effect.Awaits.of(stored(run)).open())
                .singleElement()
                .satisfies(open -> assertThat(open.since()).isEqualTo("e4"));
        assertThat(bring(run, 1, "e5").accepted())
                .as("what was meant for the generation before")
                .isFalse();
        assertThat(bring(run, 2, "e5").accepted()).isTrue();
    }

    @Test
    void aReplayOfALaterTurnHearsNoEventThatAnEarlierOneTook() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("turn"), waits(CheckpointKind.EVENT, "paid", 0));
        assertThat(bring(run, 1, "e4").accepted()).isTrue();
        worker.end(worker.newest("turn"), restart("2"));
        worker.end(worker.newest("turn"), failure("Boom"));
        engine.project();
        engine.project();
        engine.replay(run, new Command.ReplayFrom.Start());
        worker.store(worker.newest("turn"), waits(CheckpointKind.EVENT, "paid", 0));
        assertThat(lastTold().open())
                .singleElement()
                .satisfies(open -> assertThat(open.since()).isEqualTo("e4"));
    }

    private Reply.WaitSettled bring(RunId run, int generation, String event) {
        return (Reply.WaitSettled) engine.ask(replyTo -> new Command.SettleWait(
                replyTo,
                EngineHarness.TENANT,
                run,
                generation,
                0,
                0,
                new CheckpointKey("", "paid", 1),
                CheckpointKind.EVENT,
                Checkpoint.State.DONE,
                EngineHarness.payload("1"),
                event));
    }

    @Test
    void aDeadlineThatTheStartGaveCountsForAllTurnsTogether() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(new Command.RunStart(
                engine.newRun(),
                version,
                EngineHarness.payload("1"),
                Optional.empty(),
                "",
                Priority.NORMAL,
                Map.of(),
                Optional.of(Duration.ofHours(2)),
                0));
        var deadline = engine.run(run).deadline();
        engine.advance(Duration.ofHours(1));
        worker.end(worker.newest("turn"), restart("2"));
        assertThat(engine.run(run).deadline()).isEqualTo(deadline);
        engine.advance(Duration.ofHours(2));
        worker.end(worker.newest("turn"), new FakeWorker.Result(new Command.Outcome.Cancelled(), Duration.ZERO));
        assertThat(engine.run(run).state()).isEqualTo(RunState.TIMED_OUT);
    }

    @Test
    void aCrashWhileARunBeginsAnewLosesNothingAndTurnsItOnce() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.end(worker.newest("turn"), restart("2"));
        engine.crashAndReconnect();
        assertThat(engine.run(run).generation()).isEqualTo(2);
        worker.end(worker.newest("turn"), restart("3"));
        engine.project();
        engine.crashAndReconnect();
        assertThat(engine.run(run).generation()).isEqualTo(3);
        assertThat(engine.run(run).input()).isEqualTo(EngineHarness.payload("3"));
    }

    @Test
    void aRunThatIsCancelledDoesNotBeginAnew() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var attempt = worker.newest("turn");
        engine.cancel(run, "enough");
        worker.end(attempt, restart("2"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.CANCELLED);
        assertThat(engine.run(run).generation()).isEqualTo(1);
    }

    @Test
    void whatOthersMayGoOnBesideCannotLetItsRunBeginAnew() {
        var both = engine.define(workflow("both")
                .step("turn", step -> step.durable())
                .step("beside", step -> {})
                .build());
        var worker = engine.workerByHand(2, both);
        var run = engine.start(both);
        worker.end(worker.newest("beside"), value("1"));
        worker.end(worker.newest("turn"), restart("2"));

        var failure = engine.run(run).failure().orElseThrow().cause();
        assertThat(failure.type()).isEqualTo(Failure.RESTART_REFUSED);
        assertThat(failure.message()).contains("'turn'", "'beside'");
    }

    @Test
    void stepsBeforeItRunAgainAndThoseAfterItOnce() {
        var chain = engine.define(workflow("chain")
                .step("fetch", step -> {})
                .step("turn", step -> step.from("fetch").durable())
                .step("report", step -> step.from("turn"))
                .build());
        var worker = engine.workerByHand(1, chain);
        var run = engine.start(chain);
        worker.end(worker.newest("fetch"), value("1"));
        worker.end(worker.newest("turn"), restart("2"));
        assertThat(worker.newest("fetch").generation()).isEqualTo(2);
        worker.end(worker.newest("fetch"), value("1"));
        worker.end(worker.newest("turn"), value("5"));
        worker.end(worker.newest("report"), value("6"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(worker.assigned()).hasSize(5);
    }

    @Test
    void aParentWaitsForTheLastTurnOfItsChild() {
        var parents = engine.define(workflow("parents")
                .step("work", step -> step.durable().timeout(Duration.ofDays(10)))
                .build());
        var worker = engine.workerByHand(2, parents, version);
        var parent = engine.start(parents);
        var child = engine.newRun();
        worker.store(worker.newest("work"), ChildTest.starts(child, 0, version, false));
        worker.end(worker.newest("turn"), restart("2"));
        assertThat(task(parent).checkpoints().all()).singleElement().matches(Checkpoint::isOpen);
        worker.end(worker.newest("turn"), value("3"));
        assertThat(task(parent).checkpoints().all()).singleElement().matches(wait -> !wait.isOpen());
        assertThat(engine.run(child).parent()).isPresent();
    }

    @Test
    void aTurnThatFailsEndsTheRunAndIsReplayedFromThere() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.end(worker.newest("turn"), restart("2"));
        worker.end(worker.newest("turn"), failure("Boom"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        engine.project();
        engine.ask(replyTo -> new Command.ReplayRun(
                replyTo,
                EngineHarness.TENANT,
                run,
                2,
                new Command.ReplayFrom.FailedSteps(),
                Optional.empty(),
                "me",
                "mended"));
        assertThat(engine.run(run).generation()).isEqualTo(3);
        assertThat(engine.run(run).input()).isEqualTo(EngineHarness.payload("2"));
        engine.project();
        assertThat(generations(run)).extracting(RunImage::generation).isEqualTo(List.of(2));
    }

    @Test
    void aRunThatBeginsAnewIsAsOldAsItIsAndGoesBeforeThoseThatCameLater() {
        var limited = engine.define(workflow("limited")
                .concurrency("one", 1, ConcurrencyStrategy.QUEUE)
                .step("turn", step -> step.durable())
                .build());
        var worker = engine.workerByHand(2, limited);
        var first = engine.start(limited);
        var second = engine.start(limited);
        worker.end(worker.newest("turn"), restart("2"));
        assertThat(engine.run(first).state()).isEqualTo(RunState.RUNNING);
        assertThat(engine.run(second).state()).isEqualTo(RunState.QUEUED);
        worker.end(worker.newest("turn"), value("3"));
        assertThat(engine.run(second).state()).isEqualTo(RunState.RUNNING);
    }
}
