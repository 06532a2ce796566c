package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.called;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.FakeWorker.waits;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Durable steps: what they store, how they wait, and how they go on. */
class DurableTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration TIMEOUT = Duration.ofDays(20);

    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(workflow("w")
            .deadline(Duration.ofDays(60))
            .step("work", step -> step.durable().timeout(TIMEOUT))
            .build());

    private TaskImage task(RunId run) {
        return engine.run(run).tasks().get(0);
    }

    private List<Checkpoint> checkpoints(RunId run) {
        return task(run).checkpoints().all();
    }

    // ---- checkpoints ----

    @Test
    void whatIsStoredIsAcknowledgedAndGivenToTheNextAttempt() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), called("plan", 0, "1"), called("write", 1, "2"));
        assertThat(worker.stored())
                .singleElement()
                .satisfies(told -> assertThat(told.stored())
                        .containsExactly(new Effect.StoredCheckpoint(1, 1), new Effect.StoredCheckpoint(2, 2)));
        worker.die();
        worker.connect();
        assertThat(worker.assigned().get(1).checkpoints().all())
                .extracting(each -> each.key().name())
                .containsExactly("plan", "write");
        worker.end(worker.newest("work"), value("3"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run).charged()).as("a lost attempt is not charged").isZero();
    }

    @Test
    void whatIsStoredStaysWhenItIsSentAgain() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), called("plan", 0, "1"));
        worker.store(worker.newest("work"), called("plan", 0, "2"));
        assertThat(checkpoints(run))
                .singleElement()
                .satisfies(stored -> assertThat(stored.value()).isEqualTo(EngineHarness.payload("1")));
        assertThat(worker.stored()).hasSize(2);
    }

    @Test
    void anAttemptThatIsNotLiveStoresNothing() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var first = worker.newest("work");
        worker.die();
        worker.connect();
        worker.store(first, called("plan", 0, "1"));
        worker.suspend(first, 0);
        assertThat(checkpoints(run)).isEmpty();
        assertThat(task(run).state()).isEqualTo(TaskState.ASSIGNED);
        assertThat(worker.cancels()).hasSize(2);
    }

    @Test
    void aRetryGetsWhatIsStored() {
        var retried = engine.define(
                workflow("r").step("work", step -> step.durable().retries(1)).build());
        var worker = engine.workerByHand(1, retried);
        engine.start(retried);
        worker.store(worker.newest("work"), called("plan", 0, "1"));
        worker.end(worker.newest("work"), failure("Boom"));
        engine.advance(Duration.ofMinutes(10));
        assertThat(worker.assigned().get(1).checkpoints().all()).hasSize(1);
    }

    @Test
    void checkpointsSurviveACrashFromTheJournalAndFromTheImage() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), called("plan", 0, "1"));
        engine.project();
        worker.store(worker.newest("work"), waits(CheckpointKind.EVENT, "paid", 1, DAY));
        engine.crashAndReconnect();
        assertThat(checkpoints(run)).extracting(Checkpoint::isOpen).containsExactly(false, true);
        engine.project();
        engine.crashAndReconnect();
        assertThat(checkpoints(run)).extracting(Checkpoint::isOpen).containsExactly(false, true);
    }

    @Test
    void tooManyCheckpointsFailTheStepForGood() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        for (int i = 0; i < Checkpoints.MOST; i++) {
            worker.store(worker.newest("work"), called("call-" + i, i, "1"));
        }
        assertThat(task(run).state()).isEqualTo(TaskState.RUNNING);
        worker.store(worker.newest("work"), called("one-more", Checkpoints.MOST, "1"));
        assertThat(engine.run(run).failure().orElseThrow().cause().type()).isEqualTo(Failure.CHECKPOINT_LIMIT);
        assertThat(worker.cancels()).hasSize(1);
    }

    @Test
    void tooManyBytesFailTheStepForGood() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var large = new Command.NewCheckpoint(
                1,
                new CheckpointKey("", "large", 1),
                0,
                CheckpointKind.CALL,
                "",
                new Command.Content.Value(Payload.stored(new byte[32], (int) Checkpoints.MOST_BYTES)));
        worker.store(worker.newest("work"), large);
        assertThat(engine.run(run).failure().orElseThrow().cause().type()).isEqualTo(Failure.CHECKPOINT_LIMIT);
    }

    @Test
    void aStepThatIsNotDurableStoresNothing() {
        var plain = engine.define(workflow("p").step("work").build());
        var worker = engine.workerByHand(1, plain);
        var run = engine.start(plain);
        worker.store(worker.newest("work"), called("plan", 0, "1"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
    }

    // ---- waits ----

    @Test
    void aSleepEndsOnTimeWhileTheWorkerIsWarm() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waits(CheckpointKind.SLEEP, "sleep", 0, DAY));
        engine.advance(DAY.minusMillis(1));
        assertThat(worker.settled()).isEmpty();
        engine.advance(Duration.ofMillis(1));
        assertThat(worker.settled())
                .singleElement()
                .satisfies(slept -> assertThat(slept.state()).isEqualTo(Checkpoint.State.DONE));
        assertThat(task(run).state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void aSuspendedStepHoldsNoSlotAndGoesOnWhenItsTimeHasCome() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waits(CheckpointKind.SLEEP, "sleep", 0, DAY));
        worker.suspend(worker.newest("work"), 0);
        assertThat(task(run).state()).isEqualTo(TaskState.WAITING);
        assertThat(task(run).due()).isEqualTo(engine.now().plus(DAY));
        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);

        var other = engine.start(version);
        assertThat(task(other).state()).as("the slot is free").isEqualTo(TaskState.ASSIGNED);
        worker.end(worker.newest("work"), value("1"));
        engine.advance(DAY);
        assertThat(task(run).state()).isEqualTo(TaskState.ASSIGNED);
        assertThat(task(run).attempt()).isEqualTo(2);
        assertThat(task(run).charged()).isZero();
        assertThat(worker.assigned().get(2).checkpoints().all())
                .singleElement()
                .satisfies(slept -> assertThat(slept.state()).isEqualTo(Checkpoint.State.DONE));
        worker.end(worker.newest("work"), value("2"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aThirtyDaySleepOutlivesCrashesOfOwnerAndWorker() {
        var patient = engine.define(workflow("patient")
                .deadline(Duration.ofDays(60))
                .step("work", step -> step.durable().timeout(Duration.ofDays(45)))
                .build());
        engine.worker(1, patient)
                .durable(assignment -> assignment.checkpoints().all().isEmpty()
                        ? new FakeWorker.Turn(
                                List.of(waits(CheckpointKind.SLEEP, "sleep", 0, Duration.ofDays(30))), Optional.empty())
                        : new FakeWorker.Turn(List.of(), Optional.of(value("\"rested\""))));
        var run = engine.start(patient);
        engine.advance(Duration.ofDays(10));
        engine.crashAndReconnect();
        engine.advance(Duration.ofDays(10));
        engine.project();
        engine.crashAndReconnect();
        engine.advance(Duration.ofDays(10).minusSeconds(1));
        assertThat(task(run).state()).isEqualTo(TaskState.WAITING);
        engine.advance(Duration.ofSeconds(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aTimeThatPassedWhileNobodyOwnedTheShardHasPassed() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waits(CheckpointKind.SLEEP, "sleep", 0, DAY));
        worker.suspend(worker.newest("work"), 0);
        engine.crash();
        engine.advance(DAY.plusSeconds(1));
        worker.connect();
        assertThat(task(run).state()).isEqualTo(TaskState.ASSIGNED);
    }

    @Test
    void anotherWaitThanASleepIsOverWithoutAnswerWhenItsTimeIsUp() {
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        worker.store(worker.newest("work"), waits(CheckpointKind.EVENT, "paid", 0, DAY));
        engine.advance(DAY);
        assertThat(worker.settled())
                .singleElement()
                .satisfies(late -> assertThat(late.state()).isEqualTo(Checkpoint.State.TIMED_OUT));
    }

    @Test
    void whatWasSettledWhileTheStepLeftMakesItGoOnAtOnce() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(
                worker.newest("work"),
                called("plan", 0, "1"),
                waits(CheckpointKind.SLEEP, "sleep", 1, DAY),
                waits(CheckpointKind.EVENT, "paid", 2, DAY.multipliedBy(2)));
        engine.advance(DAY);
        worker.suspend(worker.newest("work"), 1);
        assertThat(task(run).attempt()).isEqualTo(2);
        worker.suspend(worker.newest("work"), 2);
        assertThat(task(run).state()).isEqualTo(TaskState.WAITING);
    }

    @Test
    void aWorkerThatComesBackIsToldAgainOfWhatItMayHaveMissed() {
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        var sleep = waits(CheckpointKind.SLEEP, "sleep", 0, DAY);
        worker.store(worker.newest("work"), sleep);
        engine.advance(DAY);
        worker.disconnect();
        worker.connect();
        worker.store(worker.newest("work"), sleep);
        assertThat(worker.settled()).hasSize(2);
    }

    // ---- ends ----

    @Test
    void theTimeoutCountsWaitsAndIsForGood() {
        var retried = engine.define(workflow("r")
                .step("work", step -> step.durable().timeout(DAY).retries(5))
                .build());
        var worker = engine.workerByHand(1, retried);
        var run = engine.start(retried);
        worker.accept(worker.newest("work"));
        engine.advance(DAY.minusHours(1));
        worker.store(worker.newest("work"), waits(CheckpointKind.EVENT, "paid", 0, TIMEOUT));
        worker.suspend(worker.newest("work"), 0);
        engine.advance(Duration.ofHours(1).minusMillis(1));
        assertThat(task(run).state()).isEqualTo(TaskState.WAITING);
        engine.advance(Duration.ofMillis(1));
        assertThat(engine.run(run).failure().orElseThrow().cause().type()).isEqualTo(Failure.STEP_TIMEOUT);
        assertThat(task(run).charged()).isZero();
    }

    @Test
    void theTimeoutHoldsWhileTheStepQueuesToGoOn() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waits(CheckpointKind.SLEEP, "sleep", 0, TIMEOUT.minusHours(1)));
        worker.suspend(worker.newest("work"), 0);
        worker.disconnect();
        engine.advance(TIMEOUT.minusMinutes(1));
        assertThat(task(run).state()).isEqualTo(TaskState.QUEUED);
        engine.advance(Duration.ofMinutes(1));
        assertThat(engine.run(run).failure().orElseThrow().cause().type()).isEqualTo(Failure.STEP_TIMEOUT);
    }

    @Test
    void moreTimeIsKeptOverAttempts() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.extend(worker.newest("work"), Duration.ofDays(40));
        worker.store(worker.newest("work"), waits(CheckpointKind.SLEEP, "sleep", 0, Duration.ofDays(30)));
        worker.suspend(worker.newest("work"), 0);
        engine.advance(Duration.ofDays(30));
        assertThat(task(run).state()).isEqualTo(TaskState.ASSIGNED);
        assertThat(worker.assigned().get(1).timeout()).isEqualTo(Duration.ofDays(10));
    }

    @Test
    void aCancelEndsWaits() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waits(CheckpointKind.EVENT, "paid", 0, DAY));
        worker.suspend(worker.newest("work"), 0);
        engine.cancel(run, "not wanted");
        assertThat(engine.run(run).state()).isEqualTo(RunState.CANCELLED);
        engine.advance(DAY);
        assertThat(checkpoints(run)).as("nothing comes of it any more").allMatch(Checkpoint::isOpen);
    }

    @Test
    void theDeadlineEndsWaits() {
        var short1 = engine.define(workflow("s")
                .deadline(Duration.ofMinutes(1))
                .step("work", step -> step.durable().timeout(DAY))
                .build());
        var worker = engine.workerByHand(1, short1);
        var run = engine.start(short1);
        worker.store(worker.newest("work"), waits(CheckpointKind.EVENT, "paid", 0, DAY));
        worker.suspend(worker.newest("work"), 0);
        engine.advance(Duration.ofMinutes(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.TIMED_OUT);
    }

    @Test
    void aStepThatWaitsIsGivenUpWhenItsRunFails() {
        var two = engine.define(workflow("two")
                .step("work", step -> step.durable().timeout(TIMEOUT))
                .step("fails")
                .build());
        var worker = engine.workerByHand(2, two);
        var run = engine.start(two);
        var waiting = worker.newest("work");
        worker.store(waiting, waits(CheckpointKind.EVENT, "paid", 0, DAY));
        worker.end(worker.newest("fails"), failure("Boom"));
        assertThat(engine.run(run).state()).as("it is live").isEqualTo(RunState.RUNNING);
        worker.suspend(waiting, 0);
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void aTaskThatWaitsCanBeSettledByHand() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), waits(CheckpointKind.EVENT, "paid", 0, DAY));
        worker.suspend(worker.newest("work"), 0);
        engine.settle(run, 0, new Command.Settlement.Complete(EngineHarness.payload("1"), -1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aReplayBeginsWithoutCheckpointsAndKeepsThoseOfWhatIsKept() {
        var chain = engine.define(workflow("chain")
                .step("first", step -> step.durable())
                .step("second", step -> step.durable().from("first"))
                .build());
        var worker = engine.workerByHand(1, chain);
        var run = engine.start(chain);
        for (var step : List.of("first", "second")) {
            worker.store(worker.newest(step), called("plan", 0, "1"));
            worker.end(worker.newest(step), value("1"));
        }
        engine.replay(run, new Command.ReplayFrom.Step(1));
        assertThat(worker.assigned().get(2).checkpoints()).isEqualTo(Checkpoints.NONE);
        assertThat(engine.run(run).tasks().get(0).checkpoints().all()).hasSize(1);
    }

    // ---- other code ----

    @Test
    void codeThatDoesNotGoWithTheCheckpointsIsTriedAgainAndNotCharged() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), called("plan", 0, "1"));
        worker.end(worker.newest("work"), failure(Failure.CHECKPOINT_MISMATCH));
        assertThat(task(run).state()).isEqualTo(TaskState.BACKING_OFF);
        engine.advance(Duration.ofMinutes(1));
        assertThat(task(run).state()).isEqualTo(TaskState.ASSIGNED);
        assertThat(task(run).charged()).isZero();
        worker.end(worker.newest("work"), value("1"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void anActionThatIsNotTheStoredOneEndsTheAttempt() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.store(worker.newest("work"), called("plan", 0, "1"));
        worker.store(worker.newest("work"), waits(CheckpointKind.SLEEP, "plan", 0, DAY));
        assertThat(task(run).state()).isEqualTo(TaskState.BACKING_OFF);
        assertThat(task(run).failure().orElseThrow().message()).contains("SLEEP plan#1", "CALL plan#1");
        assertThat(task(run).due()).isAfter(Instant.MIN);
        assertThat(worker.cancels()).hasSize(1);
    }
}
