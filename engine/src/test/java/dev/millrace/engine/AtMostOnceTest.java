package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A step that may run only once is entered after the commit of its acceptance, and never again. */
class AtMostOnceTest {
    private static final Duration GRACE = ShardSettings.DEFAULT.reconnectGrace();
    private static final Duration LEASE = ShardSettings.DEFAULT.acceptLease();
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private final EngineHarness engine = new EngineHarness();
    private final VersionRef once = engine.define(workflow("once")
            .step("work", step -> step.atMostOnce().retries(3).timeout(TIMEOUT))
            .build());

    private String failureOf(RunId run) {
        return engine.run(run).failure().orElseThrow().cause().type();
    }

    private long offers() {
        return engine.facts().stream()
                .filter(Fact.AttemptOffered.class::isInstance)
                .count();
    }

    @Test
    void theWorkerIsLetInOnlyByTheBatchThatHoldsItsAcceptance() {
        var worker = engine.workerByHand(1, once);
        engine.start(once);
        assertThat(worker.assigned().get(0).startsWhenConfirmed()).isTrue();
        var attempt = worker.newest("work");
        var batch = new Batch();
        assertThat(engine.effects()).noneMatch(Effect.ConfirmStart.class::isInstance);
        engine.shard()
                .handle(
                        new Command.WorkerSays(worker.session(), List.of(attempt), List.of(), List.of(), false),
                        engine.now(),
                        batch);
        assertThat(batch.facts()).singleElement().isInstanceOf(Fact.AttemptStarted.class);
        assertThat(batch.effects()).containsExactly(new Effect.ConfirmStart(worker.session(), attempt));
    }

    @Test
    void aStepThatMayRunAgainIsNotHeldUp() {
        var often = engine.define(workflow("often").step("work").build());
        var worker = engine.workerByHand(1, often);
        engine.start(often);
        assertThat(worker.assigned().get(0).startsWhenConfirmed()).isFalse();
        worker.accept(worker.newest("work"));
        assertThat(engine.effects()).noneMatch(Effect.ConfirmStart.class::isInstance);
    }

    @Test
    void whatWasStartedFailsWhenItsWorkerIsLost() {
        var worker = engine.workerByHand(1, once);
        var run = engine.start(once);
        worker.accept(worker.newest("work"));
        worker.die();
        engine.worker(1, once);
        engine.advance(GRACE);
        assertThat(failureOf(run)).isEqualTo(Failure.WORKER_LOST);
        assertThat(offers()).isEqualTo(1);
    }

    @Test
    void whatWasStartedFailsWhenItsWorkerComesBackWithoutIt() {
        var worker = engine.workerByHand(1, once);
        var run = engine.start(once);
        worker.accept(worker.newest("work"));
        worker.die();
        worker.connect();
        assertThat(failureOf(run)).isEqualTo(Failure.WORKER_LOST);
    }

    @Test
    void whatWasStartedIsNotTriedAgainWhateverTheRetriesSay() {
        var failing = engine.worker(1, once).on("work", any -> failure("Boom"));
        var run = engine.start(once);
        assertThat(failureOf(run)).isEqualTo("Boom");
        assertThat(failing.entered()).hasSize(1);
    }

    @Test
    void whatWasStartedAndRunsTooLongFailsWithItsTimeout() {
        var worker = engine.workerByHand(1, once);
        var run = engine.start(once);
        worker.accept(worker.newest("work"));
        engine.advance(TIMEOUT);
        assertThat(failureOf(run)).isEqualTo(Failure.STEP_TIMEOUT);
        assertThat(offers()).isEqualTo(1);
    }

    @Test
    void whatWasNotAcceptedIsOfferedAgain() {
        var silent = engine.workerByHand(1, once);
        var run = engine.start(once);
        var other = engine.worker(1, once);
        engine.advance(LEASE);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(other.entered()).hasSize(1);
        silent.accept(silent.newest("work"));
        assertThat(silent.cancels()).as("too late, and not let in").isNotEmpty();
        assertThat(engine.effects())
                .filteredOn(Effect.ConfirmStart.class::isInstance)
                .singleElement()
                .isEqualTo(new Effect.ConfirmStart(
                        other.session(), other.entered().get(0).attempt()));
    }

    @Test
    void whatWasNotAcceptedIsOfferedAgainWhenItsWorkerIsLostOrGivesItBack() {
        var dead = engine.workerByHand(1, once);
        var first = engine.start(once);
        dead.die();
        var giver = engine.workerByHand(1, once);
        engine.advance(GRACE);
        giver.giveBack(giver.newest("work"));
        engine.worker(1, once);
        assertThat(engine.run(first).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aWorkerThatWaitsToBeLetInIsToldAgainWhenItComesBack() {
        var worker = engine.absentWorker(1, once).on("work", any -> value("1")).connect();
        worker.disconnect();
        var run = engine.start(once);
        worker.connect();
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);

        var waiting = engine.workerByHand(1, once);
        worker.disconnect();
        engine.start(once);
        var attempt = waiting.newest("work");
        waiting.accept(attempt);
        engine.crash();
        waiting.connect();
        assertThat(engine.effects()).endsWith(new Effect.ConfirmStart(waiting.session(), attempt));
        assertThat(offers()).isEqualTo(2);
    }
}
