package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Transactional tasks that are given up: an attempt that enters no method makes sure of what became of the others. */
class SealTest {
    private static final Failure SEALED = new Failure(Failure.SEALED, "A tombstone is there.", "", true, 0, "");

    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(workflow("w")
            .step("work", step -> step.transactional().queueTimeout(Duration.ofHours(1)))
            .compensated("work")
            .build());
    private final FakeWorker worker = engine.workerByHand(1, version);
    private final RunId run = engine.start(version);

    private Effect.Assignment newest() {
        return worker.assigned().get(worker.assigned().size() - 1);
    }

    private RunImage.TaskImage task() {
        return engine.run(run).tasks().get(0);
    }

    private RunState state() {
        return engine.run(run).state();
    }

    @Test
    void aTaskThatFailedForGoodHasFailedOnceThatIsCertain() {
        assertThat(newest().seals()).isFalse();
        worker.end(newest().attempt(), failure("Boom"));
        assertThat(state()).as("it may have committed").isEqualTo(RunState.RUNNING);
        assertThat(newest().seals()).isTrue();
        assertThat(newest().attempt().attempt()).isEqualTo(2);

        worker.end(newest().attempt(), failure(SEALED));
        assertThat(state()).isEqualTo(RunState.FAILED);
        assertThat(task().failure().orElseThrow().type())
                .as("why it was given up")
                .isEqualTo("Boom");
        assertThat(engine.run(run).history())
                .extracting(RunImage.Transition::state)
                .contains("SEALING");
    }

    @Test
    void aTaskThatHadCommittedHasSucceededAfterAll() {
        worker.end(newest().attempt(), failure("Boom"));
        worker.end(newest().attempt(), value("7"));
        assertThat(state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task().result()).isEqualTo(EngineHarness.payload("7"));
    }

    @Test
    void aCancelledRunEndsWhenItIsCertainAndUndoesWhatHadCommitted() {
        engine.send(new Command.CancelRun(engine.newReply(), EngineHarness.TENANT, run, "not wanted"));
        worker.cancelled(newest().attempt());
        assertThat(newest().seals()).isTrue();
        assertThat(state().isFinal()).isFalse();
        worker.end(newest().attempt(), value("7"));
        assertThat(newest().step()).as("what had committed is undone").isEqualTo("undo-work");
        worker.end(newest().attempt(), value("0"));
        assertThat(state()).isEqualTo(RunState.CANCELLED);
        assertThat(engine.run(run).compensated()).isTrue();
    }

    @Test
    void aSealThatFailsIsTriedAgainAndSurvivesTheOwner() {
        worker.end(newest().attempt(), failure("Boom"));
        worker.end(newest().attempt(), failure("NO_DATABASE"));
        assertThat(task().state()).isEqualTo(TaskState.BACKING_OFF);
        engine.project();
        engine.crashAndReconnect();
        for (int i = 0; i < 11 && task().state() == TaskState.BACKING_OFF; i++) {
            engine.advance(Duration.ofSeconds(1));
        }
        assertThat(newest().seals()).isTrue();
        worker.end(newest().attempt(), failure(SEALED));
        assertThat(state()).isEqualTo(RunState.FAILED);
        assertThat(task().failure().orElseThrow().type()).isEqualTo("Boom");
    }

    @Test
    void whereNobodyCanTellItSaysSoAfterTheQueueTimeout() {
        worker.end(newest().attempt(), failure("Boom"));
        worker.die();
        engine.advance(Duration.ofMinutes(61));
        assertThat(state()).isEqualTo(RunState.FAILED);
        var failure = task().failure().orElseThrow();
        assertThat(failure.type()).isEqualTo(Failure.NOT_SEALED);
        assertThat(failure.message()).contains("'work'", "Boom", "table of completions");
    }

    @Test
    void aTaskThatNeverWasWithAWorkerNeedsNoSeal() {
        var other = engine.start(version);
        engine.send(new Command.CancelRun(engine.newReply(), EngineHarness.TENANT, other, "not wanted"));
        assertThat(engine.run(other).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void givenUpWhileItQueuedAgainItGoesOnQueueing() {
        worker.disconnect();
        engine.advance(Duration.ofMinutes(1));
        assertThat(task().state()).isEqualTo(TaskState.QUEUED);
        engine.send(new Command.CancelRun(engine.newReply(), EngineHarness.TENANT, run, "not wanted"));
        assertThat(task().state()).isEqualTo(TaskState.QUEUED);
        assertThat(engine.run(run).history())
                .filteredOn(transition -> transition.state().equals("QUEUED") && transition.node() == 0)
                .as("at first, and when its attempt was lost")
                .hasSize(2);
        var another = engine.workerByHand(1, version);
        var seal = another.assigned().get(0);
        assertThat(seal.seals()).isTrue();
        another.end(seal.attempt(), failure(SEALED));
        assertThat(state()).isEqualTo(RunState.CANCELLED);
    }
}
