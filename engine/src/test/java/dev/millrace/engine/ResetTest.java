package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.called;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.FakeWorker.waits;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Command.NewInput;
import dev.millrace.engine.Command.ReplayFrom;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Durable steps of runs that have ended, which go on from one of their checkpoints. */
class ResetTest {
    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(workflow("w")
            .deadline(Duration.ofDays(60))
            .step("before")
            .step("work", step -> step.durable().timeout(Duration.ofDays(20)).from("before"))
            .step("after", "work")
            .build());

    private static ReplayFrom at(int node, String name) {
        return new ReplayFrom.AtCheckpoint(node, 0, new CheckpointKey("", name, 1));
    }

    private static String code(Reply reply) {
        return ((Reply.Refused) reply).code();
    }

    private RunId ended(FakeWorker worker) {
        var run = engine.start(version);
        worker.end(worker.newest("before"), value("1"));
        var work = worker.newest("work");
        worker.store(work, called("plan", 0, "\"a\""), called("look", 1, "\"b\""));
        worker.store(work, waits(CheckpointKind.SIGNAL, "never", 2, Duration.ofDays(1)));
        worker.store(work, called("write", 3, "\"c\""));
        worker.end(work, value("2"));
        worker.end(worker.newest("after"), value("3"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        return run;
    }

    @Test
    void aStepGoesOnFromACheckpointWithWhatWasStoredBefore() {
        var worker = engine.workerByHand(2, version);
        var run = ended(worker);
        int assigned = worker.assigned().size();

        assertThat(engine.replay(run, at(1, "write"))).isEqualTo(new Reply.RunReplayed(2));
        assertThat(worker.assigned()).hasSize(assigned + 1);
        var again = worker.assigned().get(assigned);
        assertThat(again.attempt()).isEqualTo(new AttemptRef(run, 2, 1, 0, 1));
        assertThat(again.checkpoints().all())
                .as("not what was open, nor the checkpoint itself and what came behind")
                .extracting(each -> each.key().name())
                .containsExactly("plan", "look");
        worker.end(again.attempt(), value("4"));
        worker.end(worker.newest("after"), value("5"));
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(image.tasks().get(0).result())
                .as("what came before the step stays")
                .isEqualTo(EngineHarness.payload("1"));
        assertThat(image.history()).extracting(RunImage.Transition::state).contains("REPLAYED", "CHECKPOINT");
    }

    @Test
    void whatIsKeptSurvivesACrash() {
        var worker = engine.workerByHand(2, version);
        var run = ended(worker);
        worker.disconnect();
        engine.replay(run, at(1, "look"));
        engine.crashAndReconnect();
        engine.project();
        engine.crashAndReconnect();

        assertThat(worker.assigned()
                        .get(worker.assigned().size() - 1)
                        .checkpoints()
                        .all())
                .extracting(each -> each.key().name())
                .containsExactly("plan");
    }

    @Test
    void aRunThatFailedGoesOnFromACheckpointToo() {
        var worker = engine.workerByHand(2, version);
        var run = engine.start(version);
        worker.end(worker.newest("before"), value("1"));
        worker.store(worker.newest("work"), called("plan", 0, "\"a\""), called("look", 1, "\"b\""));
        worker.end(worker.newest("work"), failure("Boom"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);

        engine.replay(run, at(1, "look"));
        worker.end(worker.newest("work"), value("2"));
        worker.end(worker.newest("after"), value("3"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void whatCannotBeKeptIsRefused() {
        var worker = engine.workerByHand(2, version);
        var run = ended(worker);
        assertThat(code(engine.replay(run, at(1, "nothing")))).isEqualTo("CHECKPOINT_NOT_FOUND");
        assertThat(code(engine.replay(run, at(0, "plan")))).isEqualTo("CHECKPOINT_NOT_FOUND");
        assertThat(code(engine.replay(run, at(7, "plan")))).isEqualTo("CHECKPOINT_NOT_FOUND");
        assertThat(code(engine.ask(replyTo -> new Command.ReplayRun(
                        replyTo,
                        EngineHarness.TENANT,
                        run,
                        0,
                        at(1, "look"),
                        Optional.of(new NewInput(EngineHarness.payload("2"), RunTerms.NONE)),
                        "test",
                        "because"))))
                .isEqualTo("CHECKPOINT_NOT_KEPT");
        assertThat(engine.run(run).generation()).isEqualTo(1);
    }

    @Test
    void aStepWhoseParentWasUndoneDoesNotGoOn() {
        var undone = engine.define(workflow("u")
                .step("pay")
                .compensated("pay")
                .step(
                        "work",
                        step -> step.durable().timeout(Duration.ofDays(20)).from("pay"))
                .build());
        var worker = engine.workerByHand(2, undone);
        var run = engine.start(undone);
        worker.end(worker.newest("pay"), value("1"));
        worker.store(worker.newest("work"), called("plan", 0, "\"a\""));
        worker.end(worker.newest("work"), failure("Boom"));
        worker.end(worker.newest("undo-pay"), value("1"));

        assertThat(code(engine.replay(run, at(1, "plan")))).isEqualTo("CHECKPOINT_NOT_KEPT");
    }
}
