package dev.millrace.engine;

import static dev.millrace.engine.harness.EngineHarness.TENANT;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs that only wait are not in memory, and nobody notices. */
class PassivationTest {
    private static final int WINDOW = 4;
    private static final Duration HOUR = Duration.ofHours(1);

    private final EngineHarness engine = new EngineHarness(new ShardSettings(
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            1_000,
            new ShardSettings.Residence(WINDOW, 1, 3, Duration.ofSeconds(10), 1 << 20)));
    private final VersionRef version = engine.define(oneStep("orders"));

    private List<RunId> queued(int count) {
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < count; i++) {
            runs.add(engine.start(version));
        }
        engine.project();
        return runs;
    }

    private static List<RunId> assigned(FakeWorker worker) {
        return worker.assigned().stream()
                .map(assignment -> assignment.attempt().run())
                .toList();
    }

    private RunState state(RunId run) {
        return engine.run(run).state();
    }

    @Test
    void ofRunsThatQueueOnlyTheOldestAreInMemory() {
        queued(20);
        assertThat(engine.shard().residents())
                .isEqualTo(new Residents(WINDOW, 2 * WINDOW, 20 - WINDOW, 20 - WINDOW, 0, 0));
    }

    @Test
    void whatIsNotStoredStaysInMemory() {
        queued(20);
        engine.start(version);
        assertThat(engine.shard().residentRuns()).isEqualTo(WINDOW + 1);
        engine.captureOnly();
        assertThat(engine.shard().residentRuns()).isEqualTo(WINDOW + 1);
        engine.shard().projected();
        assertThat(engine.shard().residentRuns()).isEqualTo(WINDOW);
    }

    @Test
    void everyRunHasItsTurnInTheOrderOfItsAgeWhereverItIs() {
        var runs = queued(30);
        for (int i = 0; i < 10; i++) {
            runs.add(engine.start(version));
        }
        var worker = engine.worker(1, version);
        assertThat(assigned(worker)).isEqualTo(runs);
        assertThat(engine.shard().residents().spilled()).isZero();
    }

    @Test
    void aNewRunDoesNotOvertakeOneThatIsNotInMemory() {
        var runs = queued(20);
        engine.leaveLoads();
        var worker = engine.worker(1, version);
        runs.add(engine.start(version));
        assertThat(assigned(worker)).isEqualTo(runs.subList(0, WINDOW));
        engine.answerLoads();
        assertThat(assigned(worker)).isEqualTo(runs);
    }

    @Test
    void whatHappenedToARunWhileItsLaneWasReadCounts() {
        var runs = queued(20);
        engine.leaveLoads();
        engine.worker(1, version);
        var outdated = engine.openLoads().get(0);
        engine.send(new Command.CancelRun(engine.newReply(), TENANT, runs.get(WINDOW), "not wanted"));
        engine.send(engine.openLoads().get(1));
        engine.project();
        engine.send(outdated);
        engine.answerLoads();
        assertThat(engine.shard().residents().outdated()).isOne();
        assertThat(state(runs.get(WINDOW))).isEqualTo(RunState.CANCELLED);
        assertThat(engine.facts().stream()
                        .filter(fact -> fact instanceof Fact.AttemptOffered offered
                                && offered.run().equals(runs.get(WINDOW))))
                .isEmpty();
        assertThat(runs).allSatisfy(run -> assertThat(state(run).isFinal()).isTrue());
    }

    @Test
    void aRunThatSleepsIsNotInMemoryAndGoesOnAtItsTime() {
        var patient = engine.define(
                workflow("patient").step("work", step -> step.retries(1)).build());
        var worker = engine.worker(1, patient)
                .on(
                        "work",
                        assignment -> assignment.attempt().attempt() == 1
                                ? failure(new Failure("Later", "Not now.", "", false, (int) HOUR.toMillis(), ""))
                                : value("1"));
        var run = engine.start(patient);
        var until = engine.now().plus(HOUR);
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        assertThat(state(run)).isEqualTo(RunState.WAITING);
        engine.advance(HOUR.minusMillis(1));
        assertThat(worker.assigned()).hasSize(1);
        assertThat(engine.shard().residentRuns()).as("shortly before its time").isOne();
        engine.advance(Duration.ofMillis(1));
        assertThat(state(run)).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.facts().stream()
                        .filter(fact -> fact instanceof Fact.AttemptOffered)
                        .map(Fact::at))
                .endsWith(until);
    }

    @Test
    void aBackOffThatEndedWhileTheRunWasAwayEndedBeforeItsDeadlineIsDecidedAbout() {
        var patient = engine.define(workflow("patient")
                .deadline(HOUR)
                .step("work", step -> step.retries(1))
                .build());
        engine.worker(1, patient)
                .on("work", any -> failure(new Failure("Later", "", "", false, 2 * (int) HOUR.toMillis(), "")));
        var run = engine.start(patient);
        var failed = engine.now();
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();

        engine.leaveLoads();
        engine.advance(HOUR.multipliedBy(3));
        engine.answerLoads();
        assertThat(state(run)).isEqualTo(RunState.TIMED_OUT);
        assertThat(engine.run(run).history())
                .filteredOn(transition -> transition.at().isAfter(failed))
                .extracting(RunImage.Transition::state, RunImage.Transition::at)
                .as("the task came back at its time; that it was too late was found out later")
                .containsSubsequence(
                        tuple("QUEUED", failed.plus(HOUR.multipliedBy(2))),
                        tuple("DEADLINE_PASSED", failed.plus(HOUR.multipliedBy(3))),
                        tuple("CANCELLED", failed.plus(HOUR.multipliedBy(3))),
                        tuple("TIMED_OUT", failed.plus(HOUR.multipliedBy(3))));
    }

    @Test
    void aRunThatWaitsForLittleStaysInMemory() {
        var patient = engine.define(
                workflow("patient").step("work", step -> step.retries(1)).build());
        engine.worker(1, patient).on("work", any -> failure(new Failure("Later", "Soon.", "", false, 9_000, "")));
        engine.start(patient);
        engine.project();
        assertThat(engine.shard().residentRuns()).isOne();
    }

    @Test
    void manyRunsWhoseTimeComesTogetherAreReadBackPieceByPiece() {
        var patient = engine.define(
                workflow("patient").step("work", step -> step.retries(1)).build());
        engine.worker(100, patient)
                .on(
                        "work",
                        assignment -> assignment.attempt().attempt() == 1
                                ? failure(new Failure("Later", "Not now.", "", false, (int) HOUR.toMillis(), ""))
                                : value("1"));
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < 20; i++) {
            runs.add(engine.start(patient));
        }
        engine.project();
        assertThat(engine.shard().residentRuns()).isZero();
        engine.advance(HOUR);
        assertThat(runs).allSatisfy(run -> assertThat(state(run)).isEqualTo(RunState.SUCCEEDED));
    }

    @Test
    void aRunThatIsNotInMemoryWaitsInTheQueueForAsLongAsItMayAndNoLonger() {
        var hasty = engine.define(
                workflow("hasty").step("work", step -> step.queueTimeout(HOUR)).build());
        for (int i = 0; i < 10; i++) {
            engine.start(hasty);
        }
        var last = engine.start(hasty);
        engine.project();
        assertThat(engine.shard().residents().spilled()).isEqualTo(11 - WINDOW);
        engine.advance(HOUR.minusMillis(1));
        assertThat(state(last)).isEqualTo(RunState.QUEUED);
        engine.advance(Duration.ofMillis(1));
        assertThat(state(last)).isEqualTo(RunState.FAILED);
        assertThat(engine.shard().residents().spilled()).isZero();
    }

    @Test
    void aRunThatIsNotInMemoryCanBeReadFollowedAndCancelled() {
        var run = queued(20).get(19);
        assertThat(state(run)).isEqualTo(RunState.QUEUED);
        long follower = engine.newReply();
        engine.send(new Command.FollowRun(follower, TENANT, run));
        assertThat(engine.shard().residentRuns())
                .as("neither needs it in memory")
                .isEqualTo(WINDOW);
        assertThat(engine.cancel(run, "for the test")).isEqualTo(new Reply.CancelDecided(true, RunState.QUEUED));
        assertThat(engine.reply(follower))
                .hasValueSatisfying(reply -> assertThat(reply)
                        .isInstanceOfSatisfying(
                                Reply.RunEnded.class,
                                ended -> assertThat(ended.image().state()).isEqualTo(RunState.CANCELLED)));
    }

    @Test
    void whoFollowsARunIsToldItsEndWhereverItWasMeanwhile() {
        var runs = new ArrayList<RunId>();
        var followers = new ArrayList<Long>();
        for (int i = 0; i < 20; i++) {
            runs.add(engine.start(version));
            followers.add(engine.newReply());
            engine.send(new Command.FollowRun(followers.get(i), TENANT, runs.get(i)));
        }
        engine.project();
        engine.send(new Command.Unfollow(List.of(followers.get(19))));
        engine.worker(1, version);
        assertThat(engine.reply(followers.get(19))).isEmpty();
        assertThat(followers.subList(0, 19))
                .allSatisfy(follower -> assertThat(engine.reply(follower)).isPresent());
    }

    @Test
    void aTaskOfARunThatIsNotInMemoryCanBeSettled() {
        var run = queued(20).get(19);
        assertThat(engine.settle(run, 0, new Command.Settlement.Skip()))
                .isEqualTo(new Reply.TaskSettled(true, TaskState.QUEUED));
        assertThat(state(run)).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRecoveryReadsOnlyTheFirstOfEachQueue() {
        var runs = queued(20);
        for (int i = 0; i < 5; i++) {
            runs.add(engine.start(version));
        }
        engine.crash();
        assertThat(engine.shard().residentRuns())
                .as("a window, and what is not stored")
                .isBetween(1 + 5, WINDOW + 5);
        engine.project();
        assertThat(engine.shard().residentRuns()).isBetween(1, WINDOW);
        assertThat(engine.shard().residents().spilled())
                .isEqualTo(25 - engine.shard().residentRuns());
        assertThat(assigned(engine.worker(1, version))).isEqualTo(runs);
    }

    @Test
    void aRunThatWasOfferedAfterItWasStoredIsRecoveredAsOffered() {
        var runs = queued(20);
        var worker = engine.workerByHand(WINDOW + 2, version);
        assertThat(worker.running()).hasSize(WINDOW + 2);
        engine.crashAndReconnect();
        assertThat(worker.running()).hasSize(WINDOW + 2);
        assertThat(runs.subList(0, WINDOW + 2))
                .allSatisfy(run -> assertThat(state(run)).isEqualTo(RunState.RUNNING));
    }

    @Test
    void tasksOfOneRunMayBeManyMoreThanAWindowHolds() {
        var fan = engine.define(workflow("fan")
                .step("split")
                .step("part", step -> step.each("split"))
                .build());
        var elements = "[" + "1,".repeat(9_999) + "1]";
        engine.worker(1, fan).on("split", any -> value(elements)).on("part", any -> value("1"));
        var first = engine.start(fan);
        var second = engine.start(fan);
        engine.project();
        assertThat(state(first)).isEqualTo(RunState.SUCCEEDED);
        assertThat(state(second)).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aLoneLaneGivesRoomToOthers() {
        queued(20);
        var other = engine.define(oneStep("other"));
        engine.start(other);
        engine.project();
        assertThat(engine.shard().residents().spilled()).isEqualTo(20 - WINDOW);
        assertThat(assigned(engine.worker(1, other))).hasSize(1);
    }
}
