package dev.millrace.engine;

import static dev.millrace.engine.harness.EngineHarness.payload;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What durable code shows of itself: the newest is kept, and nothing else. */
class ShownStateTest {
    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(workflow("w")
            .deadline(Duration.ofDays(60))
            .step("work", step -> step.durable().timeout(Duration.ofDays(20)))
            .build());
    private final FakeWorker worker = engine.workerByHand(1, version);

    private static Command.NewCheckpoint shows(long number, String json) {
        return new Command.NewCheckpoint(
                number,
                new CheckpointKey("=", "state", 1),
                0,
                CheckpointKind.STATE,
                "",
                new Command.Content.Value(payload(json)));
    }

    private List<Checkpoint> shown(RunId run) {
        return engine.run(run).tasks().get(0).checkpoints().all().stream()
                .filter(checkpoint -> checkpoint.kind() == CheckpointKind.STATE)
                .toList();
    }

    @Test
    void theNewestTakesThePlaceOfTheOneBefore() {
        var run = engine.start(version);
        for (int i = 1; i <= 12_000; i++) {
            worker.store(worker.newest("work"), shows(i, "" + i));
        }
        assertThat(shown(run)).singleElement().satisfies(state -> {
            assertThat(state.value()).isEqualTo(payload("12000"));
            assertThat(Instant.parse(state.source())).isEqualTo(engine.now());
        });
    }

    @Test
    void itIsKeptWhileTheStepIsAwayThroughCrashesAndAfterTheEnd() {
        var run = engine.start(version);
        worker.store(worker.newest("work"), shows(1, "1"), shows(2, "2"));
        worker.store(worker.newest("work"), FakeWorker.waits(CheckpointKind.SLEEP, "sleep", 0, Duration.ofDays(1)));
        worker.suspend(worker.newest("work"), 2);
        assertThat(engine.run(run).tasks().get(0).state()).isEqualTo(TaskState.WAITING);
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        engine.crashAndReconnect();
        assertThat(shown(run))
                .singleElement()
                .satisfies(state -> assertThat(state.value()).isEqualTo(payload("2")));
        engine.advance(Duration.ofDays(1));
        worker.end(worker.newest("work"), value("3"));
        engine.project();
        assertThat(shown(run)).hasSize(1);
    }
}
