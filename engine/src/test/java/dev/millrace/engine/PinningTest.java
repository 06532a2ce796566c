package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.called;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.Pinning;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Runs that stay on the build of the code that they began on while workers of it last. */
class PinningTest {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(durable(Pinning.AUTO));

    private static Manifest durable(Pinning pinning) {
        return workflow("agent").step("work", step -> step.durable().timeout(Duration.ofDays(10))).build().toBuilder()
                .pinning(pinning)
                .build();
    }

    private FakeWorker worker(int slots, String build) {
        return engine.absentWorker(slots, version)
                .build(version.workflow(), build)
                .byHand()
                .connect();
    }

    /** A run that has stored something on a worker of build "one", and waits to go on. */
    private RunId begun(FakeWorker worker) {
        var run = engine.start(version);
        worker.store(worker.newest("work"), called("plan", 0, "1"));
        worker.suspend(worker.newest("work"), 0);
        return run;
    }

    private Gate gate(RunId run) {
        return GateScenarios.explain(engine, run, 0).holds().get(0).gate();
    }

    @Test
    void aRunThatHasStoredSomethingGoesOnOnItsBuild() {
        var one = worker(1, "one");
        var two = worker(50, "two");
        two.drain();
        var run = begun(one);
        var fresh = worker(50, "two");
        assertThat(one.newest("work").attempt())
                .as("not where there is more room")
                .isEqualTo(2);
        assertThat(fresh.assigned()).isEmpty();
        assertThat(engine.run(run).build()).isEqualTo("one");
    }

    @Test
    void whileItsWorkersHaveNoRoomItWaitsAndExplainSaysSo() {
        var one = worker(1, "one");
        var run = begun(one);
        var two = worker(50, "two");
        one.giveBack(one.newest("work"));
        assertThat(engine.run(run).tasks().get(0).state()).isEqualTo(TaskState.QUEUED);
        assertThat(gate(run)).isEqualTo(Gate.PINNED_BUILD);
        assertThat(two.assigned()).isEmpty();
        engine.advance(GRACE);
        assertThat(one.newest("work").attempt()).isEqualTo(3);
    }

    @Test
    void onceTheLastOfItsWorkersHasLeftForGoodItGoesAnywhereAndStaysThere() {
        var one = worker(1, "one");
        var run = begun(one);
        var two = worker(50, "two");
        one.disconnect();
        assertThat(two.assigned()).as("it may come back").isEmpty();
        engine.advance(GRACE.plusSeconds(1));
        assertThat(two.newest("work").run()).isEqualTo(run);
        assertThat(engine.run(run).build()).as("what is stored is of build one").isEqualTo("one");
        two.store(two.newest("work"), called("write", 1, "2"));
        assertThat(engine.run(run).build()).isEqualTo("two");
    }

    @Test
    void aWorkerThatIsDrainedKeepsNobodyWaiting() {
        var one = worker(1, "one");
        var run = begun(one);
        one.giveBack(one.newest("work"));
        var two = worker(50, "two");
        assertThat(two.assigned()).isEmpty();
        one.drain();
        assertThat(two.newest("work").run()).isEqualTo(run);
    }

    @Test
    void afterACrashOfTheShardItsWorkersHaveTheGraceToComeBack() {
        var one = worker(1, "one");
        var run = begun(one);
        one.giveBack(one.newest("work"));
        engine.project();
        engine.crash();
        var two = worker(50, "two");
        assertThat(engine.run(run).tasks().get(0).state()).isEqualTo(TaskState.QUEUED);
        assertThat(two.assigned()).isEmpty();
        one.connect();
        assertThat(one.newest("work").run()).isEqualTo(run);
    }

    @Test
    void afterACrashOfTheShardItGoesAnywhereWhenTheyDoNotComeBack() {
        var one = worker(1, "one");
        var run = begun(one);
        one.giveBack(one.newest("work"));
        engine.crash();
        var two = worker(50, "two");
        engine.advance(GRACE.plusSeconds(1));
        assertThat(two.newest("work").run()).isEqualTo(run);
    }

    @Test
    void codeThatDoesNotGoWithWhatIsStoredIsLeftForWorkersOfTheBuildThatStoredIt() {
        var one = worker(1, "one");
        var run = begun(one);
        one.disconnect();
        var two = worker(50, "two");
        engine.advance(GRACE.plusSeconds(1));
        two.end(two.newest("work"), failure(Failure.of(Failure.CHECKPOINT_MISMATCH, "The code asks for another.")));
        assertThat(engine.run(run).tasks().get(0).state()).isEqualTo(TaskState.BACKING_OFF);
        one.connect();
        engine.advance(Duration.ofMinutes(1));
        assertThat(one.newest("work").run()).isEqualTo(run);
        one.end(one.newest("work"), value("1"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void withoutCheckpointsARunGoesAnywhere() {
        var one = worker(1, "one");
        var run = engine.start(version);
        one.giveBack(one.newest("work"));
        var two = worker(50, "two");
        assertThat(two.newest("work").run()).isEqualTo(run);
    }

    @Test
    void aWorkflowThatSaysSoStaysFromItsFirstAttemptOn() {
        var build = engine.define(
                workflow("steps")
                        .step("first", step -> {})
                        .step("second", step -> step.from("first"))
                        .build()
                        .toBuilder()
                        .pinning(Pinning.BUILD)
                        .build());
        var one = engine.absentWorker(1, build).build("steps", "one").byHand().connect();
        var run = engine.start(build);
        var two = engine.absentWorker(50, build).build("steps", "two").byHand().connect();
        one.end(one.newest("first"), value("1"));
        assertThat(one.newest("second").run()).isEqualTo(run);
        assertThat(two.assigned()).isEmpty();
    }

    @Test
    void aWorkflowThatSaysShapeGoesAnywhere() {
        var shape = engine.define(
                workflow("agent").step("other", step -> step.durable().timeout(Duration.ofDays(10))).build().toBuilder()
                        .pinning(Pinning.SHAPE)
                        .build());
        var one = engine.absentWorker(1, shape).build("agent", "one").byHand().connect();
        var run = engine.start(shape);
        one.store(one.newest("other"), called("plan", 0, "1"));
        one.giveBack(one.newest("other"));
        var two = engine.absentWorker(50, shape).build("agent", "two").byHand().connect();
        assertThat(two.newest("other").run()).isEqualTo(run);
        assertThat(engine.run(run).build()).isEmpty();
    }

    @Test
    void runsThatQueueOutOfMemoryForABuildThatHasLeftGoElsewhereToo() {
        var small = new EngineHarness(new ShardSettings(
                Duration.ofSeconds(5),
                GRACE,
                1_000,
                new ShardSettings.Residence(4, 1, 3, Duration.ofSeconds(10), 1 << 20)));
        var agent = small.define(durable(Pinning.AUTO));
        var one = small.absentWorker(1, agent).build("agent", "one").byHand().connect();
        for (int i = 0; i < 20; i++) {
            small.start(agent);
            one.store(
                    one.newest("work"),
                    new Command.NewCheckpoint(
                            1,
                            new CheckpointKey("", "sleep", 1),
                            0,
                            CheckpointKind.SLEEP,
                            "",
                            new Command.Content.Wait(Duration.ofHours(1))));
            one.suspend(one.newest("work"), 0);
        }
        var two = small.absentWorker(50, agent).build("agent", "two").byHand().connect();
        small.project();
        small.project();
        small.advance(Duration.ofHours(2));
        small.project();
        small.project();
        assertThat(small.shard().residents().spilled()).isPositive();
        assertThat(two.assigned()).isEmpty();

        one.drain();
        assertThat(two.assigned()).as("what it had not accepted too").hasSize(20);
    }
}
