package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.harness.Values;
import dev.millrace.engine.harness.WorkflowBuilder;
import dev.millrace.manifest.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Failure, cancel, compensations, the on-failure handler. */
class CleanUpTest {
    private final EngineHarness engine = new EngineHarness();

    private WorkflowBuilder order() {
        return workflow("order")
                .step("charge")
                .step("reserve", "charge")
                .step("ship", "reserve")
                .compensated("charge")
                .compensated("reserve")
                .onFailure();
    }

    private static java.util.List<String> steps(FakeWorker worker) {
        return worker.assigned().stream().map(Effect.Assignment::step).toList();
    }

    @Test
    void whatSucceededIsUndoneInReverseOrderAndThenTheHandlerRuns() {
        var version = engine.define(order().build());
        var worker = engine.worker(4, version)
                .on("charge", any -> value("\"payment\""))
                .on("ship", any -> failure("NoShip"));
        var run = engine.run(engine.start(version));
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.compensated()).isTrue();
        assertThat(steps(worker)).containsExactly("charge", "reserve", "ship", "undo-reserve", "undo-charge", "alert");
        assertThat(Values.json(worker.assigned().get(4).arguments().get(0))).isEqualTo("\"payment\"");
        assertThat(worker.assigned().get(5).failure().orElseThrow().step()).isEqualTo("ship");
        assertThat(worker.assigned().get(4).failure()).isEmpty();
    }

    @Test
    void liveSiblingsFinishBeforeAnythingIsUndoneAndAreUndoneToo() {
        var version = engine.define(
                workflow("w").step("slow").step("fails").compensated("slow").build());
        var worker = engine.worker(2, version)
                .on("slow", any -> value("1", Duration.ofSeconds(3)))
                .on("fails", any -> failure("Boom"));
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.RUNNING);
        assertThat(steps(worker)).containsExactly("slow", "fails");
        engine.advance(Duration.ofSeconds(3));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(steps(worker)).containsExactly("slow", "fails", "undo-slow");
    }

    @Test
    void aSiblingThatFailsWhileTheRunIsEndingIsNotRetried() {
        var version = engine.define(workflow("w")
                .step("slow", step -> step.retries(5))
                .step("fails")
                .build());
        var worker = engine.worker(2, version)
                .on("slow", any -> new FakeWorker.Result(failure("Late").outcome(), Duration.ofSeconds(3)))
                .on("fails", any -> failure("Boom"));
        var run = engine.start(version);
        engine.advance(Duration.ofSeconds(3));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(engine.run(run).failure().orElseThrow().step()).isEqualTo("fails");
        assertThat(steps(worker)).hasSize(2);
    }

    @Test
    void aCompensationIsRetriedAndIfItFailsForGoodTheRestGoesOn() {
        var version = engine.define(workflow("order")
                .step("charge")
                .step("reserve", "charge")
                .step("ship", "reserve")
                .compensated("charge")
                .compensated(
                        "reserve",
                        step -> step.retries(2).backoff(new Backoff(Duration.ofSeconds(1), 1, Duration.ofSeconds(1))))
                .onFailure()
                .build());
        var worker = engine.worker(4, version)
                .on("ship", any -> failure("NoShip"))
                .on("undo-reserve", any -> failure("Stuck"));
        var run = engine.start(version);
        engine.advance(Duration.ofSeconds(5));
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.FAILED);
        assertThat(image.compensated()).isFalse();
        assertThat(image.failure().orElseThrow().step()).isEqualTo("ship");
        assertThat(steps(worker))
                .containsExactly(
                        "charge",
                        "reserve",
                        "ship",
                        "undo-reserve",
                        "undo-reserve",
                        "undo-reserve",
                        "undo-charge",
                        "alert");
    }

    @Test
    void aMappedStepIsUndoneWithTheResultsThatThereAre() {
        var version = engine.define(workflow("w")
                .step("list")
                .step("book", step -> step.each("list"))
                .compensated("book")
                .build());
        var worker = engine.worker(4, version)
                .on("list", any -> value("[1,2,3]"))
                .on(
                        "book",
                        task -> task.attempt().element() == 1
                                ? failure("Full")
                                : value(Values.json(task.arguments().get(0))));
        var run = engine.run(engine.start(version));
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(steps(worker)).endsWith("undo-book");
        assertThat(Values.json(worker.assigned().get(4).arguments().get(0))).isEqualTo("[1,3]");
    }

    @Test
    void aCancelledRunStopsItsAttemptsUndoesWhatWasDoneAndCallsNoHandler() {
        var version = engine.define(order().build());
        var worker = engine.worker(4, version).on("ship", any -> value("1", Duration.ofMinutes(2)));
        var run = engine.start(version);
        assertThat(engine.cancel(run, "changed my mind")).isEqualTo(new Reply.CancelDecided(true, RunState.RUNNING));
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.CANCELLED);
        assertThat(image.cancelReason()).isEqualTo("changed my mind");
        assertThat(image.compensated()).isTrue();
        assertThat(worker.cancels()).extracting(Effect.CancelAttempt::reason).containsExactly("RUN_CANCELLED");
        assertThat(steps(worker)).containsExactly("charge", "reserve", "ship", "undo-reserve", "undo-charge");
    }

    @Test
    void nothingIsUndoneWhileAnAttemptStillRuns() {
        var version = engine.define(order().build());
        var worker = engine.worker(4, version).deaf().on("ship", any -> value("1", Duration.ofMinutes(2)));
        var run = engine.start(version);
        engine.cancel(run, "changed my mind");
        engine.advance(Duration.ofSeconds(119));
        assertThat(steps(worker)).containsExactly("charge", "reserve", "ship");
        engine.advance(Duration.ofSeconds(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.CANCELLED);
        assertThat(steps(worker)).containsExactly("charge", "reserve", "ship", "undo-reserve", "undo-charge");
    }

    @Test
    void aRunThatNobodyHasBegunIsCancelledAtOnce() {
        var version = engine.define(order().build());
        var run = engine.start(version);
        assertThat(engine.cancel(run, "")).isEqualTo(new Reply.CancelDecided(true, RunState.QUEUED));
        assertThat(engine.run(run).state()).isEqualTo(RunState.CANCELLED);
        var worker = engine.worker(1, version);
        assertThat(worker.assigned()).isEmpty();
    }

    @Test
    void aCancelThatComesTooLateIsToldTheTruth() {
        var version = engine.define(order().build());
        engine.worker(1, version);
        var run = engine.start(version);
        assertThat(engine.cancel(run, "late")).isEqualTo(new Reply.CancelDecided(false, RunState.SUCCEEDED));
        engine.project();
        assertThat(engine.cancel(run, "later")).isEqualTo(new Reply.CancelDecided(false, RunState.SUCCEEDED));
    }

    @Test
    void aRunThatIsBeingUndoneCannotBeCancelled() {
        var version = engine.define(order().build());
        var worker = engine.worker(1, version)
                .on("ship", any -> failure("NoShip"))
                .on("undo-reserve", any -> value("1", Duration.ofMinutes(1)));
        var run = engine.start(version);
        assertThat(engine.cancel(run, "stop")).isEqualTo(new Reply.CancelDecided(false, RunState.RUNNING));
        engine.advance(Duration.ofMinutes(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(steps(worker)).endsWith("undo-reserve", "undo-charge", "alert");
    }

    @Test
    void cancellingARunThatIsFailingCancelsIt() {
        var version = engine.define(
                workflow("w").step("slow").step("fails").onFailure().build());
        engine.worker(2, version)
                .on("slow", any -> value("1", Duration.ofMinutes(1)))
                .on("fails", any -> failure("Boom"));
        var run = engine.start(version);
        assertThat(engine.cancel(run, "stop")).isEqualTo(new Reply.CancelDecided(true, RunState.RUNNING));
        assertThat(engine.run(run).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aFailedRunWhoseDeadlinePassesWhileItWaitsForARetryHasFailed() {
        var hour = new Backoff(Duration.ofHours(1), 1, Duration.ofHours(1));
        var version = engine.define(workflow("w")
                .deadline(Duration.ofMinutes(1))
                .step("fails")
                .step("taker", step -> step.outcome("fails").retries(1).backoff(hour))
                .build());
        engine.worker(1, version)
                .on("fails", any -> failure("Boom"))
                .on("taker", any -> failure(new Failure("Later", "Not now.", "", false, 3_600_000, "")));
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
        engine.advance(Duration.ofMinutes(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(engine.run(run).failure().orElseThrow().cause().type()).isEqualTo("Boom");
    }
}
