package dev.millrace.engine;

import static dev.millrace.engine.harness.EngineHarness.payload;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Signals that are answered: whoever waits for the answer gets it once it is stored, or is told that there will be none. */
class AnswerTest {
    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(workflow("w")
            .deadline(Duration.ofDays(60))
            .step("work", step -> step.durable().timeout(Duration.ofDays(20)))
            .build());
    private final FakeWorker worker = engine.workerByHand(1, version);

    private long await(RunId run, String request) {
        long replyTo = engine.newReply();
        engine.send(new Command.AwaitAnswer(replyTo, EngineHarness.TENANT, run, request));
        return replyTo;
    }

    private void answer(String request, String json) {
        worker.store(
                worker.newest("work"),
                new Command.NewCheckpoint(
                        7,
                        new CheckpointKey("", "answer quote", 1),
                        0,
                        CheckpointKind.ANSWER,
                        request,
                        new Command.Content.Value(payload(json))));
    }

    private static Reply answered(String json) {
        return new Reply.Answered(payload(json));
    }

    @Test
    void whoeverWaitsIsToldWhenTheAnswerIsStored() {
        var run = engine.start(version);
        long first = await(run, "r1");
        long other = await(run, "r2");
        assertThat(engine.reply(first)).isEmpty();
        answer("r1", "5");
        assertThat(engine.reply(first)).contains(answered("5"));
        assertThat(engine.reply(other)).isEmpty();
        assertThat(engine.reply(await(run, "r1"))).as("asked again").contains(answered("5"));
    }

    @Test
    void whoeverWaitsForWhatWillNotBeAnsweredIsToldSo() {
        var run = engine.start(version);
        long waiting = await(run, "r1");
        worker.end(worker.newest("work"), value("1"));
        for (var reply : List.of(engine.reply(waiting), engine.reply(await(run, "r1")))) {
            assertThat(reply).hasValueSatisfying(refused -> {
                assertThat(((Reply.Refused) refused).code()).isEqualTo("RUN_FINISHED");
                assertThat(((Reply.Refused) refused).message())
                        .contains("SUCCEEDED")
                        .contains("r1");
            });
        }
    }

    @Test
    void anAnswerStaysAfterTheEndAndOutOfMemory() {
        var run = engine.start(version);
        answer("r1", "5");
        worker.end(worker.newest("work"), value("1"));
        engine.project();
        engine.crashAndReconnect();
        assertThat(engine.reply(await(run, "r1"))).contains(answered("5"));
    }

    @Test
    void whoeverWaitsMayWaitForARunThatIsOutOfMemory() {
        var run = engine.start(version);
        worker.store(worker.newest("work"), FakeWorker.waits(CheckpointKind.SLEEP, "sleep", 0, Duration.ofDays(1)));
        worker.suspend(worker.newest("work"), 0);
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        long waiting = await(run, "r1");
        assertThat(engine.shard().residentRuns()).isZero();
        engine.advance(Duration.ofDays(1));
        worker.store(
                worker.newest("work"),
                new Command.NewCheckpoint(
                        7,
                        new CheckpointKey("", "answer quote", 1),
                        1,
                        CheckpointKind.ANSWER,
                        "r1",
                        new Command.Content.Value(payload("5"))));
        assertThat(engine.reply(waiting)).contains(answered("5"));
    }

    @Test
    void whoeverDoesNotWaitAnyMoreIsNotTold() {
        var run = engine.start(version);
        long waiting = await(run, "r1");
        engine.send(new Command.Unfollow(List.of(waiting)));
        answer("r1", "5");
        assertThat(engine.reply(waiting)).isEqualTo(Optional.empty());
    }
}
