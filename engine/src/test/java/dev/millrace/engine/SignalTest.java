package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.called;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.FakeWorker.waits;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.harness.EngineHarness;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Signals: kept until a step takes them, taken once and in order, and nothing of it lost. */
class SignalTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(workflow("w")
            .deadline(Duration.ofDays(60))
            .step("work", step -> step.durable().timeout(Duration.ofDays(20)))
            .build());

    private Reply signal(RunId run, String name, String request, String json) {
        return engine.ask(replyTo -> new Command.SendSignal(
                replyTo, EngineHarness.TENANT, run, new Signal(name, request, EngineHarness.payload(json))));
    }

    private TaskImage task(RunId run) {
        return engine.run(run).tasks().get(0);
    }

    private static Command.NewCheckpoint waitsFor(String name, int count, int place) {
        return new Command.NewCheckpoint(
                place + 1,
                new CheckpointKey("", name, count),
                place,
                CheckpointKind.SIGNAL,
                "",
                new Command.Content.Wait(DAY));
    }

    @Test
    void aSignalThatIsWaitedForReachesTheLiveStep() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waitsFor("go", 1, 0));
        assertThat(signal(run, "go", "r1", "1")).isEqualTo(new Reply.SignalTaken(false));
        assertThat(worker.settled()).singleElement().satisfies(settled -> {
            assertThat(settled.state()).isEqualTo(Checkpoint.State.DONE);
            assertThat(settled.value()).isEqualTo(EngineHarness.payload("1"));
            assertThat(settled.source()).isEqualTo("r1");
        });
        assertThat(engine.run(run).signals().kept()).isEmpty();
    }

    @Test
    void aSignalThatCameBeforeItIsWaitedForIsKept() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        signal(run, "go", "r1", "1");
        signal(run, "other", "r2", "2");
        engine.crashAndReconnect();
        worker.store(worker.newest("work"), called("plan", 0, "0"), waitsFor("go", 1, 1));
        assertThat(worker.settled()).extracting(settled -> settled.key().name()).containsExactly("go");
        assertThat(engine.run(run).signals().kept()).extracting(Signal::name).containsExactly("other");
    }

    @Test
    void aSignalOutlivesCrashesFromTheJournalAndFromTheImage() {
        engine.workerByHand(1, version);
        var run = engine.start(version);
        signal(run, "go", "r1", "1");
        engine.crashAndReconnect();
        assertThat(engine.run(run).signals().kept()).hasSize(1);
        engine.project();
        engine.crashAndReconnect();
        assertThat(engine.run(run).signals().kept()).hasSize(1);
        assertThat(signal(run, "go", "r1", "1")).isEqualTo(new Reply.SignalTaken(true));
        assertThat(engine.run(run).signals().kept()).hasSize(1);
    }

    @Test
    void theFirstWaitOfANameGetsTheFirstSignalOfIt() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        signal(run, "go", "r1", "1");
        worker.store(worker.newest("work"), waitsFor("go", 1, 0), waitsFor("go", 2, 1), waitsFor("go", 3, 2));
        signal(run, "go", "r2", "2");
        signal(run, "go", "r3", "3");
        assertThat(worker.settled()).extracting(Checkpoint::source).containsExactly("r1", "r2", "r3");
        assertThat(worker.settled())
                .extracting(settled -> settled.key().count())
                .containsExactly(1, 2, 3);
    }

    @Test
    void aSignalThatIsSentAgainIsTakenOnce() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waitsFor("go", 1, 0), waitsFor("go", 2, 1));
        signal(run, "go", "r1", "1");
        assertThat(signal(run, "go", "r1", "1")).isEqualTo(new Reply.SignalTaken(true));
        engine.project();
        engine.crashAndReconnect();
        assertThat(signal(run, "go", "r1", "1")).isEqualTo(new Reply.SignalTaken(true));
        assertThat(worker.settled()).hasSize(1);
    }

    @Test
    void aStepThatLeftItsWorkerGoesOnWithTheSignal() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waitsFor("go", 1, 0));
        worker.suspend(worker.newest("work"), 0);
        assertThat(task(run).state()).isEqualTo(TaskState.WAITING);
        signal(run, "go", "r1", "1");
        assertThat(task(run).state()).isEqualTo(TaskState.ASSIGNED);
        assertThat(worker.assigned().get(1).checkpoints().all())
                .singleElement()
                .satisfies(settled -> assertThat(settled.source()).isEqualTo("r1"));
    }

    @Test
    void aRunThatIsOutOfMemoryIsReadBackForItsSignal() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waitsFor("go", 1, 0));
        worker.suspend(worker.newest("work"), 0);
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        assertThat(signal(run, "go", "r1", "1")).isEqualTo(new Reply.SignalTaken(false));
        assertThat(task(run).attempt()).isEqualTo(2);
    }

    @Test
    void aSignalThatComesWhileTheStepLeavesIsNews() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waitsFor("go", 1, 0));
        signal(run, "go", "r1", "1");
        worker.suspend(worker.newest("work"), 0);
        assertThat(task(run).attempt()).isEqualTo(2);
    }

    @Test
    void aWaitWhoseTimeIsUpTakesNothing() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waitsFor("go", 1, 0));
        engine.advance(DAY);
        signal(run, "go", "r1", "1");
        assertThat(worker.settled()).extracting(Checkpoint::state).containsExactly(Checkpoint.State.TIMED_OUT);
        assertThat(engine.run(run).signals().kept()).hasSize(1);
    }

    @Test
    void aRunThatHasEndedTakesNoSignalButKnowsThoseItGot() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        signal(run, "go", "r1", "1");
        worker.end(worker.newest("work"), value("1"));
        for (int i = 0; i < 2; i++) {
            assertThat(signal(run, "go", "r2", "1")).isInstanceOfSatisfying(Reply.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo("RUN_FINISHED");
                assertThat(refused.message()).contains("SUCCEEDED", "'go'");
            });
            assertThat(signal(run, "go", "r1", "1")).isEqualTo(new Reply.SignalTaken(true));
            engine.project();
            assertThat(engine.shard().residentRuns()).isZero();
        }
    }

    @Test
    void aRunWithoutDurableStepsTakesNoSignal() {
        var plain = engine.define(workflow("p").step("work").build());
        var run = engine.start(plain);
        assertThat(signal(run, "go", "r1", "1"))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("SIGNAL_NOT_EXPECTED"));
    }

    @Test
    void aRunKeepsABoundedNumberOfSignals() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        for (int i = 0; i < Signals.MOST; i++) {
            assertThat(signal(run, "go", "r" + i, "1")).isEqualTo(new Reply.SignalTaken(false));
        }
        assertThat(signal(run, "go", "more", "1")).isInstanceOfSatisfying(Reply.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("SIGNAL_LIMIT");
            assertThat(refused.message()).contains("1000 signals");
        });
        assertThat(signal(run, "go", "r0", "1")).isEqualTo(new Reply.SignalTaken(true));
        worker.store(worker.newest("work"), waitsFor("go", 1, 0));
        assertThat(signal(run, "go", "more", "1")).isEqualTo(new Reply.SignalTaken(false));
    }

    @Test
    void aRunKeepsABoundedNumberOfBytesOfSignals() {
        engine.workerByHand(1, version);
        var run = engine.start(version);
        var mebibyte = Payload.stored(new byte[32], 1 << 20);
        for (int i = 0; i < 3; i++) {
            int number = i;
            assertThat(engine.ask(replyTo -> new Command.SendSignal(
                            replyTo, EngineHarness.TENANT, run, new Signal("go", "r" + number, mebibyte))))
                    .isEqualTo(new Reply.SignalTaken(false));
        }
        assertThat(engine.ask(replyTo ->
                        new Command.SendSignal(replyTo, EngineHarness.TENANT, run, new Signal("go", "more", mebibyte))))
                .isInstanceOf(Reply.Refused.class);
    }

    @Test
    void aReplayBeginsWithoutSignals() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        signal(run, "go", "r1", "1");
        worker.end(worker.newest("work"), value("1"));
        engine.replay(run, new Command.ReplayFrom.Start());
        assertThat(engine.run(run).signals()).isEqualTo(Signals.NONE);
        assertThat(signal(run, "go", "r1", "1")).isEqualTo(new Reply.SignalTaken(false));
    }

    @Test
    void aSignalOfAnotherTenantsRunFindsNoRun() {
        var run = engine.start(version);
        var other = new TenantId(new java.util.UUID(9, 9));
        assertThat(engine.ask(
                        replyTo -> new Command.SendSignal(replyTo, other, run, new Signal("go", "r1", Payload.NONE))))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("RUN_NOT_FOUND"));
    }

    @Test
    void aSignalTakesItsTurnAmongOtherWaits() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(
                worker.newest("work"),
                waits(CheckpointKind.SLEEP, "sleep", 0, Duration.ofHours(1)),
                waitsFor("go", 1, 1));
        signal(run, "go", "r1", "1");
        engine.advance(Duration.ofHours(1));
        assertThat(task(run).checkpoints().all()).extracting(Checkpoint::order).isEqualTo(List.of(2, 1));
    }
}
