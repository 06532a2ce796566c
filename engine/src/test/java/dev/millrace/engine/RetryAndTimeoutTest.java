package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.WorkflowBuilder;
import dev.millrace.engine.harness.WorkflowBuilder.StepBuilder;
import dev.millrace.manifest.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every wait has an end: retries, backoff, accept lease, step and queue timeouts, run deadlines. */
class RetryAndTimeoutTest {
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(4));
    private final EngineHarness engine = new EngineHarness();

    private VersionRef define(Consumer<StepBuilder> work) {
        return engine.define(workflow("w").step("work", work).build());
    }

    private static RunImage.TaskImage task(RunImage run) {
        return run.tasks().get(0);
    }

    @Test
    void aFailedAttemptIsTriedAgainUntilTheRetriesAreUsedUp() {
        var version = define(step -> step.retries(3).backoff(BACKOFF));
        var worker = engine.worker(1, version).on("work", any -> failure("Boom"));
        var run = engine.start(version);
        engine.advance(Duration.ofMinutes(1));
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.FAILED);
        assertThat(task(image).attempt()).isEqualTo(4);
        assertThat(worker.assigned()).extracting(Effect.Assignment::retriesLeft).containsExactly(3, 2, 1, 0);
        assertThat(image.failure().orElseThrow())
                .isEqualTo(new RunFailure("work", new Failure("Boom", "It did not work.", "", false, 0, "")));
    }

    @Test
    void theWaitBeforeARetryIsWithinItsCeilingAndTheSameEachTimeItIsAsked() {
        var delays = new ArrayList<Duration>();
        for (int world = 0; world < 2; world++) {
            var fresh = new EngineHarness();
            var version = fresh.define(workflow("w")
                    .step("work", step -> step.retries(100).backoff(BACKOFF))
                    .build());
            var offered = new ArrayList<Instant>();
            fresh.watch(fact -> {
                if (fact instanceof Fact.AttemptOffered) {
                    offered.add(fact.at());
                }
            });
            fresh.worker(1, version).on("work", any -> failure("Boom"));
            fresh.start(version);
            fresh.advance(Duration.ofMinutes(10));
            for (int i = 1; i < offered.size(); i++) {
                delays.add(Duration.between(offered.get(i - 1), offered.get(i)));
            }
        }
        assertThat(delays).hasSize(200);
        assertThat(delays.subList(0, 100)).isEqualTo(delays.subList(100, 200));
        for (int retry = 1; retry <= 100; retry++) {
            assertThat(delays.get(retry - 1))
                    .isBetween(Duration.ZERO, BACKOFF.ceiling(retry).plusMillis(1));
        }
        assertThat(delays.stream().distinct().count()).as("spread").isGreaterThan(90);
    }

    @Test
    void whatMustNotBeRetriedIsNot() {
        var version = define(step -> step.retries(3));
        var worker = engine.worker(1, version)
                .on("work", any -> failure(new Failure("NoUse", "It never will.", "", true, 0, "")));
        assertThat(engine.run(engine.start(version)).state()).isEqualTo(RunState.FAILED);
        assertThat(worker.assigned()).hasSize(1);
    }

    @Test
    void aFailureMaySayNotBefore() {
        var version = define(step -> step.retries(1).backoff(BACKOFF));
        engine.worker(1, version)
                .on(
                        "work",
                        task -> task.attempt().attempt() == 1
                                ? failure(new Failure("TooMany", "429", "", false, 30_000, ""))
                                : value("1"));
        var run = engine.start(version);
        var image = engine.run(run);
        assertThat(task(image).state()).isEqualTo(TaskState.BACKING_OFF);
        assertThat(image.state()).isEqualTo(RunState.WAITING);
        assertThat(task(image).due()).isEqualTo(engine.now().plusSeconds(30));
        engine.advance(Duration.ofMillis(29_999));
        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
        engine.advance(Duration.ofMillis(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void anOfferThatIsNotAcceptedGoesElsewhereAndIsNotCharged() {
        var version = define(step -> {});
        var silent = engine.workerByHand(1, version);
        var run = engine.start(version);
        var other = engine.worker(1, version);
        engine.advance(ShardSettings.DEFAULT.acceptLease());
        assertThat(silent.cancels()).hasSize(1);
        assertThat(other.assigned()).hasSize(1);
        assertThat(task(engine.run(run)).attempt()).isEqualTo(2);
        assertThat(task(engine.run(run)).charged()).isZero();
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void anAttemptThatRunsTooLongTimesOutAndIsTriedAgain() {
        var version = define(step -> step.timeout(Duration.ofSeconds(10)).retries(1));
        var worker = engine.worker(1, version)
                .on("work", task -> task.attempt().attempt() == 1 ? value("1", Duration.ofHours(1)) : value("2"));
        var run = engine.start(version);
        engine.advance(Duration.ofSeconds(9));
        assertThat(task(engine.run(run)).state()).isEqualTo(TaskState.RUNNING);
        engine.advance(Duration.ofSeconds(10));
        assertThat(worker.cancels()).extracting(Effect.CancelAttempt::reason).containsExactly("TIMED_OUT");
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(image).charged()).isEqualTo(1);
        assertThat(image.history()).extracting(RunImage.Transition::state).contains("TIMED_OUT");
    }

    @Test
    void theSlotOfAnAttemptThatWasGivenUpIsTakenUntilItsWorkerSaysOtherwise() {
        var version = define(step -> step.timeout(Duration.ofSeconds(10)));
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        var stuck = worker.newest("work");
        worker.accept(stuck);
        engine.advance(Duration.ofSeconds(10));
        engine.start(version);
        assertThat(worker.assigned()).hasSize(1);
        worker.cancelled(stuck);
        assertThat(worker.assigned()).hasSize(2);
        assertThat(worker.refused()).extracting(Effect.RefusedCompletion::code).containsExactly("STALE_ATTEMPT");
    }

    @Test
    void aTaskThatNobodyCanServeFailsWithThatReasonAfterItsQueueTimeout() {
        var version = define(step -> step.queueTimeout(Duration.ofMinutes(1)));
        var run = engine.start(version);
        engine.advance(Duration.ofSeconds(59));
        assertThat(engine.run(run).state()).isEqualTo(RunState.QUEUED);
        engine.advance(Duration.ofSeconds(1));
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.FAILED);
        assertThat(image.failure().orElseThrow().cause().type()).isEqualTo(Failure.NO_COMPATIBLE_WORKER);
    }

    @Test
    void aTaskThatFindsNoFreeSlotFailsWithThatReasonAfterItsQueueTimeout() {
        var version = define(step -> step.queueTimeout(Duration.ofMinutes(1)).timeout(Duration.ofHours(1)));
        engine.worker(1, version).on("work", any -> value("1", Duration.ofMinutes(30)));
        engine.start(version);
        var second = engine.start(version);
        engine.advance(Duration.ofMinutes(1));
        assertThat(engine.run(second).failure().orElseThrow().cause().type()).isEqualTo(Failure.QUEUE_TIMEOUT);
    }

    @Test
    void aRunThatPassesItsDeadlineIsStoppedAndTimesOut() {
        var version = engine.define(WorkflowBuilder.workflow("w")
                .deadline(Duration.ofMinutes(1))
                .step("first")
                .step("second", "first")
                .step("third", "second")
                .compensated("first")
                .onFailure()
                .build());
        var worker = engine.worker(1, version).on("second", any -> value("1", Duration.ofMinutes(4)));
        var run = engine.start(version);
        engine.advance(Duration.ofMinutes(2));
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(image.deadlinePassed()).isTrue();
        assertThat(image.compensated()).isTrue();
        assertThat(image.failure().orElseThrow().cause().type()).isEqualTo(Failure.RUN_TIMEOUT);
        assertThat(worker.assigned())
                .extracting(Effect.Assignment::step)
                .containsExactly("first", "second", "undo-first", "alert");
        assertThat(worker.assigned().get(3).failure()).isEqualTo(image.failure());
    }

    @Test
    void aRunMayHaveAShorterDeadlineOfItsOwn() {
        var version = define(step -> {});
        var start = engine.starting(version, "{}");
        var run = engine.start(new Command.RunStart(
                start.run(),
                version,
                start.input(),
                start.idempotencyKey(),
                "",
                Priority.NORMAL,
                start.metadata(),
                java.util.Optional.of(Duration.ofSeconds(5)),
                0));
        engine.advance(Duration.ofSeconds(5));
        assertThat(engine.run(run).state()).isEqualTo(RunState.TIMED_OUT);
    }

    @Test
    void timeNeverGoesBack() {
        var version = define(step -> {});
        var batch = new Batch();
        engine.shard().handle(new Command.Tick(), engine.now().plusSeconds(100), batch);
        engine.start(version);
        assertThat(engine.facts().get(0).at()).isEqualTo(engine.now().plusSeconds(100));
    }
}
