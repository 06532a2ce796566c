package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Events and answers of people: the edge is told what is waited for, and brings it once. */
class OpenWaitTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Payload ASK = EngineHarness.payload("{\"where\":\"true\"}");

    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(workflow("w")
            .deadline(Duration.ofDays(60))
            .step("work", step -> step.durable().timeout(Duration.ofDays(20)))
            .build());
    private final FakeWorker worker = engine.workerByHand(1, version);

    private static Command.NewCheckpoint waitsFor(String event, int count, int place, String digest) {
        return new Command.NewCheckpoint(
                place + 1,
                new CheckpointKey("", event, count),
                place,
                CheckpointKind.EVENT,
                digest,
                new Command.Content.Wait(DAY, ASK));
    }

    private Reply.WaitSettled bring(RunId run, int count, String event) {
        return (Reply.WaitSettled) engine.ask(replyTo -> new Command.SettleWait(
                replyTo,
                EngineHarness.TENANT,
                run,
                1,
                0,
                0,
                new CheckpointKey("", "paid", count),
                CheckpointKind.EVENT,
                Checkpoint.State.DONE,
                EngineHarness.payload("1"),
                event));
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

    private RunId waiting() {
        var run = engine.start(version);
        worker.store(worker.newest("work"), waitsFor("paid", 1, 0, ""));
        return run;
    }

    @Test
    void theEdgeIsToldWhatARunWaitsForAndWhenItDoesNotAnyMore() {
        var run = waiting();
        assertThat(lastTold().run()).isEqualTo(run);
        assertThat(lastTold().open()).singleElement().satisfies(open -> {
            assertThat(open.checkpoint().key().name()).isEqualTo("paid");
            assertThat(open.checkpoint().value()).isEqualTo(ASK);
        });
        assertThat(bring(run, 1, "e1").accepted()).isTrue();
        assertThat(lastTold().open()).isEmpty();
        assertThat(worker.settled()).singleElement().satisfies(settled -> {
            assertThat(settled.value()).isEqualTo(EngineHarness.payload("1"));
            assertThat(settled.source()).isEqualTo("e1");
        });
    }

    @Test
    void anEventThatComesTwiceCountsOnce() {
        var run = waiting();
        bring(run, 1, "e1");
        var again = bring(run, 1, "e2");
        assertThat(again.accepted()).isFalse();
        assertThat(again.now().orElseThrow().source()).isEqualTo("e1");
        worker.store(worker.newest("work"), waitsFor("paid", 2, 1, ""));
        assertThat(bring(run, 2, "e1").accepted())
                .as("the step has had this one")
                .isFalse();
        assertThat(bring(run, 2, "e2").accepted()).isTrue();
    }

    @Test
    void theNextWaitForTheSameLooksForWhatCameLater() {
        var run = waiting();
        bring(run, 1, "e1");
        worker.store(worker.newest("work"), waitsFor("paid", 2, 1, ""), waitsFor("paid", 3, 2, "other"));
        assertThat(lastTold().open()).extracting(OpenWait::since).containsExactly("e1", "");
    }

    @Test
    void theEdgeIsToldWhenAWaitIsOverByItself() {
        waiting();
        engine.advance(DAY);
        assertThat(lastTold().open()).isEmpty();
    }

    @Test
    void theEdgeIsToldWhenTheStepOrTheRunEnds() {
        waiting();
        worker.end(worker.newest("work"), value("1"));
        assertThat(lastTold().open()).isEmpty();
        var other = waiting();
        assertThat(lastTold().open()).isNotEmpty();
        worker.suspend(worker.newest("work"), 0);
        engine.cancel(other, "not wanted");
        assertThat(lastTold().run()).isEqualTo(other);
        assertThat(lastTold().open()).isEmpty();
    }

    @Test
    void afterARecoveryItIsSaidAnew() {
        var run = waiting();
        var ended = engine.start(version);
        worker.suspend(worker.newest("work"), 0);
        worker.end(worker.newest("work"), value("1"));
        engine.crash();
        var awaits = engine.shard().awaits();
        assertThat(awaits)
                .filteredOn(of -> of.run().equals(run))
                .singleElement()
                .satisfies(of -> assertThat(of.open()).hasSize(1));
        assertThat(awaits)
                .as("what is stored of it may say otherwise")
                .filteredOn(of -> of.run().equals(ended))
                .singleElement()
                .satisfies(of -> assertThat(of.open()).isEmpty());
    }

    @Test
    void aRunThatIsOutOfMemoryGoesOn() {
        var run = waiting();
        worker.suspend(worker.newest("work"), 0);
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        assertThat(bring(run, 1, "e1").accepted()).isTrue();
        assertThat(engine.run(run).tasks().get(0).attempt()).isEqualTo(2);
        worker.end(worker.newest("work"), value("1"));
        engine.project();
        assertThat(bring(run, 1, "e2"))
                .as("the run has ended")
                .satisfies(late -> assertThat(late.now()).isPresent())
                .extracting(Reply.WaitSettled::accepted)
                .isEqualTo(false);
    }

    @Test
    void whatIsBroughtToAFormerGenerationComesToNothing() {
        var run = waiting();
        worker.end(worker.newest("work"), value("1"));
        engine.replay(run, new Command.ReplayFrom.Start());
        worker.store(worker.newest("work"), waitsFor("paid", 1, 0, ""));
        assertThat(bring(run, 1, "e1")).isEqualTo(new Reply.WaitSettled(false, Optional.empty()));
    }

    @Test
    void nothingElseIsBrought() {
        var run = engine.start(version);
        worker.store(
                worker.newest("work"),
                FakeWorker.waits(CheckpointKind.SIGNAL, "paid", 0, DAY),
                FakeWorker.waits(CheckpointKind.SLEEP, "sleep", 1, DAY));
        assertThat(told()).isEmpty();
        assertThat(bring(run, 1, "e1").accepted()).isFalse();
    }
}
