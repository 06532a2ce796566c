package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Command.Settlement;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.harness.Values;
import dev.millrace.manifest.Backoff;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tasks that somebody cancels, completes, fails or skips. */
class SettleTaskTest {
    private static final Settlement CANCEL = new Settlement.Cancel();
    private static final Settlement FAIL = new Settlement.Fail();
    private static final Settlement SKIP = new Settlement.Skip();
    private static final Settlement COMPLETE = new Settlement.Complete(EngineHarness.payload("\"by hand\""), -1);
    private static final Backoff HOUR = new Backoff(Duration.ofHours(1), 1, Duration.ofHours(1));

    private final EngineHarness engine = new EngineHarness();
    private final VersionRef version = engine.define(workflow("order")
            .step("charge", step -> step.retries(5).backoff(HOUR))
            .step("ship", "charge")
            .step("survey", step -> step.optional("ship"))
            .compensated("charge")
            .build());

    private RunImage.TaskImage task(RunId run, int node) {
        return engine.run(run).tasks().stream()
                .filter(task -> task.node() == node)
                .findFirst()
                .orElseThrow();
    }

    private String failureOf(RunId run) {
        return engine.run(run).failure().orElseThrow().cause().type();
    }

    private static Reply settled(boolean accepted, TaskState state) {
        return new Reply.TaskSettled(accepted, state);
    }

    // ---- cancel ----

    @Test
    void aTaskThatNobodyHasBegunIsCancelledAtOnceAndItsRunFails() {
        var run = engine.start(version);
        assertThat(engine.settle(run, 0, CANCEL)).isEqualTo(settled(true, TaskState.QUEUED));
        assertThat(task(run, 0).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(task(run, 1).state()).isEqualTo(TaskState.SKIPPED);
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(failureOf(run)).isEqualTo(Failure.TASK_CANCELLED);
        assertThat(engine.run(run).failure().orElseThrow().cause().message()).contains("ada", "for the test");
    }

    @Test
    void aTaskThatBacksOffIsCancelledAtOnce() {
        engine.worker(1, version).on("charge", any -> failure("Boom"));
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
        assertThat(engine.settle(run, 0, CANCEL)).isEqualTo(settled(true, TaskState.BACKING_OFF));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void theAttemptOfACancelledTaskIsToldToStopAndTheTaskEndsWithIt() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var attempt = worker.newest("charge");
        worker.accept(attempt);
        assertThat(engine.settle(run, 0, CANCEL)).isEqualTo(settled(true, TaskState.RUNNING));
        assertThat(worker.cancels())
                .containsExactly(new Effect.CancelAttempt(worker.session(), attempt, "TASK_CANCELLED"));
        assertThat(engine.run(run).state()).as("it still runs").isEqualTo(RunState.RUNNING);
        worker.cancelled(attempt);
        assertThat(task(run, 0).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(failureOf(run)).isEqualTo(Failure.TASK_CANCELLED);
    }

    @Test
    void aCancelledTaskThatSucceedsAllTheSameHasSucceeded() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        engine.settle(run, 0, CANCEL);
        worker.end(worker.newest("charge"), value("1"));
        assertThat(task(run, 0).state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(engine.run(run).state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void aCancelledTaskIsNeverTriedAgain() {
        var worker = engine.workerByHand(1, version);
        var failed = engine.start(version);
        engine.settle(failed, 0, CANCEL);
        worker.end(worker.newest("charge"), failure("Boom"));
        assertThat(failureOf(failed)).isEqualTo("Boom");

        var lost = engine.start(version);
        engine.settle(lost, 0, CANCEL);
        worker.die();
        engine.crashAndReconnect();
        engine.advance(ShardSettings.DEFAULT.reconnectGrace());
        assertThat(failureOf(lost)).isEqualTo(Failure.TASK_CANCELLED);
        assertThat(task(lost, 0).attempt()).isEqualTo(1);
    }

    @Test
    void theWorkerOfACancelledTaskIsToldAgainWhenItComesBack() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var attempt = worker.newest("charge");
        worker.accept(attempt);
        worker.disconnect();
        engine.settle(run, 0, CANCEL);
        worker.connect();
        assertThat(worker.cancels())
                .containsExactly(new Effect.CancelAttempt(worker.session(), attempt, "TASK_CANCELLED"));
    }

    // ---- by hand ----

    @Test
    void aTaskThatIsCompletedByHandHasThatValue() {
        var run = engine.start(version);
        assertThat(engine.settle(run, 0, COMPLETE)).isEqualTo(settled(true, TaskState.QUEUED));
        var worker = engine.worker(1, version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(Values.json(worker.assigned().get(0).arguments().get(0))).isEqualTo("\"by hand\"");
    }

    @Test
    void theWholeRunMayBeCompletedByHand() {
        var run = engine.start(version);
        for (int node = 0; node < 3; node++) {
            engine.settle(run, node, COMPLETE);
        }
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void whatIsSettledByHandTakesItsAttemptFromItsWorker() {
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        var attempt = worker.newest("charge");
        worker.accept(attempt);
        engine.settle(run, 0, COMPLETE);
        assertThat(worker.cancels()).extracting(Effect.CancelAttempt::attempt).containsExactly(attempt);
        assertThat(worker.assigned()).as("its slot is taken until it says so").hasSize(1);
        worker.end(attempt, value("\"late\""));
        assertThat(worker.refused()).extracting(Effect.RefusedCompletion::code).containsExactly("STALE_ATTEMPT");
        assertThat(worker.newest("ship")).isNotNull();
        assertThat(task(run, 0).result()).isEqualTo(EngineHarness.payload("\"by hand\""));
        assertThat(engine.run(run).history())
                .filteredOn(step -> step.attempt() == 1 && step.state().equals("CANCELLED"))
                .singleElement()
                .extracting(RunImage.Transition::detail)
                .isEqualTo("by ada: for the test");
    }

    @Test
    void whatIsFailedByHandFailsItsRunAndIsNotTriedAgain() {
        engine.worker(1, version).on("ship", any -> value("1", Duration.ofMinutes(1)));
        var run = engine.start(version);
        assertThat(engine.settle(run, 1, FAIL)).isEqualTo(settled(true, TaskState.RUNNING));
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.FAILED);
        assertThat(image.compensated()).isTrue();
        assertThat(failureOf(run)).isEqualTo(Failure.FAILED_BY_HAND);
    }

    @Test
    void whatIsSkippedByHandIsSkippedForThoseThatNeedIt() {
        engine.worker(1, version).on("charge", any -> failure("Boom"));
        var run = engine.start(version);
        assertThat(engine.settle(run, 0, SKIP)).isEqualTo(settled(true, TaskState.BACKING_OFF));
        assertThat(task(run, 0).state()).isEqualTo(TaskState.SKIPPED);
        assertThat(task(run, 1).state()).isEqualTo(TaskState.SKIPPED);
        assertThat(task(run, 2).state()).as("takes an Optional").isEqualTo(TaskState.SUCCEEDED);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void anElementThatIsSkippedByHandIsLeftOutOfTheJoinAlsoAfterARecovery() {
        var mapped = engine.define(workflow("w")
                .step("list")
                .step("each", step -> step.each("list").retries(1).backoff(HOUR))
                .step("join", "each")
                .build());
        var worker = engine.worker(3, mapped)
                .on("list", any -> value("[10,20,30]"))
                .on(
                        "each",
                        task -> task.attempt().element() == 0
                                ? failure("Boom")
                                : value(Values.json(task.arguments().get(0)), Duration.ofSeconds(1)));
        var run = engine.start(mapped);
        assertThat(engine.settle(run, 1, 0, SKIP)).isEqualTo(settled(true, TaskState.BACKING_OFF));
        engine.project();
        engine.crashAndReconnect();
        engine.advance(Duration.ofSeconds(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(joined(worker)).isEqualTo("[20,30]");
    }

    private static String joined(FakeWorker worker) {
        var join = worker.assigned().get(worker.assigned().size() - 1);
        assertThat(join.step()).isEqualTo("join");
        return Values.json(join.arguments().get(0));
    }

    @Test
    void aListThatIsTakenApartMayBeCompletedByHandOnlyWithAList() {
        var mapped = engine.define(workflow("w")
                .step("list")
                .step("each", step -> step.each("list"))
                .build());
        var run = engine.start(mapped);
        assertThat(engine.settle(run, 0, COMPLETE))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("OUTPUT_INVALID"));
        assertThat(task(run, 0).state()).isEqualTo(TaskState.QUEUED);
    }

    // ---- refusals ----

    @Test
    void whatHasNotBegunOrHasEndedIsNotSettled() {
        engine.worker(1, version).on("ship", any -> value("1", Duration.ofMinutes(1)));
        var run = engine.start(version);
        assertThat(engine.settle(run, 0, SKIP)).isEqualTo(settled(false, TaskState.SUCCEEDED));
        assertThat(engine.settle(run, 2, SKIP)).isEqualTo(settled(false, TaskState.PENDING));
        engine.advance(Duration.ofMinutes(1));
        engine.project();
        assertThat(engine.settle(run, 1, SKIP))
                .as("read from its image")
                .isEqualTo(settled(false, TaskState.SUCCEEDED));
    }

    @Test
    void aTaskThatThereIsNotIsNotFound() {
        var run = engine.start(version);
        for (int node : new int[] {-1, 3, 4, 99}) {
            assertThat(engine.settle(run, node, SKIP))
                    .isInstanceOfSatisfying(
                            Reply.Refused.class,
                            refused -> assertThat(refused.code()).isEqualTo("TASK_NOT_FOUND"));
        }
        assertThat(engine.settle(run, 0, 1, SKIP)).isInstanceOf(Reply.Refused.class);
        assertThat(engine.settle(engine.newRun(), 0, SKIP))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("RUN_NOT_FOUND"));
    }
}
