package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.WorkflowBuilder.StepBuilder;
import dev.millrace.manifest.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Every timeout comes within 100 ms, and the shard asks to be woken then and not before. */
class ExactTimeTest {
    private static final Duration EXACT = Duration.ofMillis(100);
    private static final Duration ODD = Duration.ofHours(7).plusNanos(123_456_000);
    private static final Duration LONG = Duration.ofDays(3);
    private final EngineHarness engine = new EngineHarness();

    private VersionRef define(Consumer<StepBuilder> work) {
        return engine.define(workflow("w").step("work", work).build());
    }

    /** Sleeps until the shard wants to be woken, as often as it wants, until the fact is there. */
    private void comes(Predicate<Fact> expected, Duration after, int wakings) {
        var due = engine.now().plus(after);
        int before = engine.facts().size();
        int woken = 0;
        while (engine.facts().stream().skip(before).noneMatch(expected)) {
            assertThat(++woken).as("wakings").isLessThanOrEqualTo(wakings);
            var next = engine.shard().nextTimer().orElseThrow();
            engine.advance(Duration.between(engine.now(), next));
        }
        assertThat(Duration.between(due, engine.now())).isBetween(Duration.ZERO, EXACT);
    }

    private static Predicate<Fact> failedWith(String code) {
        return fact -> fact instanceof Fact.AttemptFailed attempt
                        && attempt.failure().type().equals(code)
                || fact instanceof Fact.TaskFailed task && task.failure().type().equals(code);
    }

    private static Predicate<Fact> is(Class<? extends Fact> kind) {
        return kind::isInstance;
    }

    @Test
    void aQueueTimeoutComesOnTime() {
        engine.start(define(step -> step.queueTimeout(ODD)));
        comes(failedWith(Failure.NO_COMPATIBLE_WORKER), ODD, 1);
    }

    @Test
    void anAcceptLeaseEndsOnTime() {
        var version = define(step -> {});
        engine.workerByHand(1, version);
        engine.start(version);
        comes(is(Fact.AttemptLost.class), ShardSettings.DEFAULT.acceptLease(), 1);
    }

    @Test
    void anExecutionTimeoutComesOnTime() {
        var version = define(step -> step.timeout(ODD));
        engine.worker(1, version).byHand();
        engine.start(version);
        var worker = engine.workers().get(0);
        worker.accept(worker.newest("work"));
        comes(failedWith(Failure.STEP_TIMEOUT), ODD, 1);
    }

    @Test
    void anExtendedExecutionTimeoutComesWhenItWasExtendedTo() {
        var version = define(step -> step.timeout(Duration.ofSeconds(30)));
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        var attempt = worker.newest("work");
        worker.accept(attempt);
        engine.advance(Duration.ofSeconds(20));
        worker.extend(attempt, ODD);
        comes(failedWith(Failure.STEP_TIMEOUT), ODD, 1);
    }

    @Test
    void anExtensionNeverShortensAndIsOverWithItsAttempt() {
        var version = define(step -> step.timeout(Duration.ofSeconds(30)).retries(1));
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        var attempt = worker.newest("work");
        worker.extend(attempt, Duration.ofSeconds(1));
        assertThat(engine.facts()).noneMatch(Fact.AttemptExtended.class::isInstance);
        assertThat(engine.effects())
                .contains(new Effect.TimeGranted(worker.session(), attempt, Duration.ofSeconds(30)));
        worker.extend(attempt, ODD);
        worker.end(attempt, failure("Boom"));
        worker.extend(attempt, LONG);
        assertThat(worker.cancels()).as("it has ended").hasSize(1);
        engine.advance(Duration.ofSeconds(1));
        worker.accept(worker.newest("work"));
        comes(failedWith(Failure.STEP_TIMEOUT), Duration.ofSeconds(30), 1);
    }

    @Test
    void anExtensionOutlivesARecovery() {
        var version = define(step -> step.timeout(Duration.ofSeconds(30)));
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        worker.extend(worker.newest("work"), ODD);
        engine.project();
        engine.crashAndReconnect();
        // The other waking is the end of the time in which workers of any build may come back.
        comes(failedWith(Failure.STEP_TIMEOUT), ODD, 2);
    }

    @Test
    void aRunsDeadlineComesOnTime() {
        engine.start(engine.define(workflow("w")
                .deadline(LONG)
                .step("work", step -> step.queueTimeout(Duration.ofDays(9)))
                .build()));
        comes(is(Fact.RunDeadlinePassed.class), LONG, 1);
    }

    @Test
    void theAttemptOfAWorkerWhoseStreamIsSilentIsLostOnTime() {
        var version = define(step -> step.timeout(LONG));
        var worker = engine.workerByHand(1, version);
        engine.start(version);
        worker.accept(worker.newest("work"));
        worker.disconnect();
        comes(is(Fact.AttemptLost.class), ShardSettings.DEFAULT.reconnectGrace(), 1);
    }

    @Test
    void aRetryComesOnTime() {
        var version = define(step -> step.retries(1).backoff(new Backoff(ODD, 1, ODD)));
        engine.worker(1, version).on("work", task -> task.attempt().attempt() == 1 ? failure("Boom") : value("1"));
        var run = engine.start(version);
        Instant due = engine.run(run).tasks().get(0).due();
        comes(is(Fact.AttemptOffered.class), Duration.between(engine.now(), due), 1);
    }

    @Test
    void aShardWithNothingToDoWantsNotToBeWoken() {
        var version = define(step -> {});
        engine.worker(1, version);
        engine.start(version);
        engine.project();
        assertThat(engine.shard().nextTimer()).isEmpty();
    }
}
