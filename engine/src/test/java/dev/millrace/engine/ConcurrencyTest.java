package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.oneStep;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static dev.millrace.manifest.ConcurrencyStrategy.CANCEL_NEW;
import static dev.millrace.manifest.ConcurrencyStrategy.CANCEL_RUNNING;
import static dev.millrace.manifest.ConcurrencyStrategy.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.Manifest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many may go on at once: never more, and nobody waits who could go. */
class ConcurrencyTest {
    private final EngineHarness engine = new EngineHarness();

    private static Manifest ofRuns(String name, String limit, int most, ConcurrencyStrategy strategy) {
        return workflow(name)
                .concurrency(limit, most, strategy)
                .step("first")
                .step("second", "first")
                .build();
    }

    private static Manifest ofSteps(String name, String limit, int most, ConcurrencyStrategy strategy) {
        return workflow(name)
                .step("work", step -> step.concurrency(limit, most, strategy))
                .build();
    }

    private List<RunId> start(VersionRef version, int count) {
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < count; i++) {
            runs.add(engine.start(version));
        }
        return runs;
    }

    /** Starts a run with a key for its only step's limit, or for its own. */
    private RunId start(VersionRef version, String key, boolean ofRun) {
        var terms = new Verdict.Holds(new Terms(List.of(key), "", 1, List.of(), List.of()));
        var plain = engine.starting(version, "{}");
        return engine.start(new Command.RunStart(
                plain.run(),
                plain.version(),
                plain.input(),
                plain.idempotencyKey(),
                plain.digest(),
                plain.priority(),
                plain.metadata(),
                plain.deadline(),
                plain.follow(),
                ofRun ? new RunTerms(terms, Map.of()) : new RunTerms(Verdict.PLAIN, Map.of(0, terms))));
    }

    private RunState state(RunId run) {
        return engine.run(run).state();
    }

    private List<Hold> holds(RunId run) {
        return ((Reply.Explained) engine.ask(replyTo -> new Command.Explain(replyTo, EngineHarness.TENANT, run, 0, 0)))
                .holds();
    }

    private static void endFirst(FakeWorker worker) {
        worker.end(worker.running().get(0), value("1"));
    }

    // ---- attempts ----

    @Test
    void noMoreAttemptsGoOnThanTheLimitLets() {
        var version = engine.define(ofSteps("w", "", 3, QUEUE));
        var worker = engine.workerByHand(10, version);
        start(version, 8);
        for (int ended = 0; ended < 5; ended++) {
            assertThat(worker.running()).hasSize(3);
            assertThat(worker.assigned()).hasSize(3 + ended);
            endFirst(worker);
        }
        assertThat(worker.running()).hasSize(3);
    }

    @Test
    void workflowsShareALimitByItsNameAndTakeTurns() {
        var first = engine.define(ofSteps("first", "db", 2, QUEUE));
        var second = engine.define(ofSteps("second", "db", 2, QUEUE));
        var worker = engine.workerByHand(10, first, second);
        start(first, 20);
        start(second, 5);
        for (int i = 0; i < 12; i++) {
            assertThat(worker.running()).hasSize(2);
            endFirst(worker);
        }
        assertThat(worker.assigned().stream().filter(task -> task.version().equals(second)))
                .as("every other turn")
                .hasSize(5);
    }

    @Test
    void everyKeyHasALimitOfItsOwn() {
        var version = engine.define(workflow("w")
                .step("work", step -> step.concurrency("", "input.customer", 1, QUEUE))
                .build());
        var worker = engine.workerByHand(10, version);
        var first = start(version, "ada", false);
        var second = start(version, "ada", false);
        var third = start(version, "bob", false);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(first, third);
        var hold = holds(second).get(0);
        assertThat(hold.gate()).isEqualTo(Gate.CONCURRENCY);
        assertThat(hold.name()).isEqualTo("w/work#1");
        assertThat(hold.key()).isEqualTo("ada");
        assertThat(hold.holders()).containsExactly(new Hold.Holder(first, 0, 0));
        endFirst(worker);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(third, second);
    }

    @Test
    void whatWaitsForAPermitStandsInNobodysWay() {
        var limited = engine.define(ofSteps("limited", "", 1, QUEUE));
        var free = engine.define(oneStep("free"));
        var worker = engine.workerByHand(2, limited, free);
        start(limited, 10_000);
        var run = engine.start(free);
        assertThat(worker.running()).extracting(AttemptRef::run).contains(run);
    }

    @Test
    void whoBacksOffHasNoPermitAndComesBackAtTheFront() {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.concurrency("", 1, QUEUE)
                                .retries(1)
                                .backoff(new Backoff(Duration.ofSeconds(1), 1, Duration.ofSeconds(1))))
                .build());
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 3);
        worker.end(worker.running().get(0), failure("Broken"));
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(1));
        engine.advance(Duration.ofSeconds(2));
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(1));
        endFirst(worker);
        assertThat(worker.running())
                .as("before the third")
                .extracting(AttemptRef::run)
                .containsExactly(runs.get(0));
    }

    @Test
    void severalLimitsAreDecidedAtOnceAndNoneIsHeldWhileAnotherIsLacking() {
        var both = engine.define(workflow("both")
                .step("work", step -> step.concurrency("a", 1, QUEUE).concurrency("b", 1, QUEUE))
                .build());
        var onlyA = engine.define(ofSteps("only-a", "a", 1, QUEUE));
        var onlyB = engine.define(ofSteps("only-b", "b", 1, QUEUE));
        var worker = engine.workerByHand(10, both, onlyA, onlyB);
        var holdsB = engine.start(onlyB);
        var waits = engine.start(both);
        var takesA = engine.start(onlyA);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(holdsB, takesA);
        assertThat(holds(waits)).extracting(Hold::name).containsExactly("a", "b");
        endFirst(worker);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(takesA);
        endFirst(worker);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(waits);
    }

    @Test
    void aLostWorkerLosesItsPermitsAndSoDoesACrash() {
        var version = engine.define(ofSteps("w", "", 2, QUEUE));
        var worker = engine.workerByHand(10, version);
        start(version, 6);
        worker.die();
        var other = engine.workerByHand(10, version);
        assertThat(other.running()).isEmpty();
        engine.advance(Duration.ofSeconds(10));
        assertThat(other.running()).hasSize(2);
        engine.project();
        engine.crash();
        other.connect();
        endFirst(other);
        assertThat(other.running()).hasSize(2);
        while (!other.running().isEmpty()) {
            endFirst(other);
        }
        assertThat(other.assigned()).hasSize(6);
    }

    @Test
    void theNewestTakesThePlaceOfTheOldestWhereTheLimitSaysSo() {
        var version = engine.define(ofSteps("w", "x", 1, CANCEL_RUNNING));
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 3);
        assertThat(worker.cancels()).hasSize(1);
        assertThat(state(runs.get(1))).as("never began").isEqualTo(RunState.FAILED);
        worker.cancelled(worker.newest("work"));
        assertThat(state(runs.get(0))).isEqualTo(RunState.FAILED);
        assertThat(engine.run(runs.get(0)).failure().orElseThrow().cause().message())
                .contains("concurrency limit 'x' lets 1 go on")
                .contains(runs.get(1).toString());
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(2));
    }

    @Test
    void whoComesWhenThereIsNoRoomIsCancelledWhereTheLimitSaysSo() {
        var version = engine.define(ofSteps("w", "x", 2, CANCEL_NEW));
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 3);
        assertThat(worker.running()).hasSize(2);
        assertThat(state(runs.get(2))).isEqualTo(RunState.FAILED);
        assertThat(engine.run(runs.get(2)).failure().orElseThrow().cause().type())
                .isEqualTo(Failure.TASK_CANCELLED);
        endFirst(worker);
        assertThat(state(engine.start(version))).isEqualTo(RunState.RUNNING);
    }

    /** Under one limit the newest wins, under the other everybody waits. */
    @Test
    void theNewestOfOneLimitWaitsForTheOtherOfItsLimitsAllTheSame() {
        var version = engine.define(workflow("w")
                .step(
                        "work",
                        step -> step.concurrency("latest", 1, CANCEL_RUNNING).concurrency("pool", 1, QUEUE))
                .build());
        var holder = engine.define(ofSteps("holder", "pool", 1, QUEUE));
        var worker = engine.workerByHand(10, version, holder);
        var first = engine.start(holder);
        var runs = start(version, 2);
        assertThat(state(runs.get(0))).as("the newest took its place").isEqualTo(RunState.FAILED);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(first);
        assertThat(holds(runs.get(1))).extracting(Hold::name).containsExactly("pool");
        endFirst(worker);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(1));
    }

    /** Under one limit the newest goes, under the other everybody waits. */
    @Test
    void whoIsCancelledUnderOneLimitHasTakenNothingOfTheOther() {
        var version = engine.define(workflow("w")
                .step("work", step -> step.concurrency("pool", 1, QUEUE).concurrency("few", 2, CANCEL_NEW))
                .build());
        var other = engine.define(ofSteps("other", "pool", 1, QUEUE));
        var worker = engine.workerByHand(10, version, other);
        var runs = start(version, 3);
        assertThat(state(runs.get(2))).as("two hold or want a permit").isEqualTo(RunState.FAILED);
        var last = engine.start(other);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(0));
        endFirst(worker);
        assertThat(worker.running())
                .as("workflows take turns")
                .extracting(AttemptRef::run)
                .containsExactly(last);
        endFirst(worker);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(1));
    }

    // ---- runs ----

    @Test
    void aRunHoldsItsPermitFromItsFirstAttemptToItsEnd() {
        var version = engine.define(ofRuns("w", "", 2, QUEUE));
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 4);
        assertThat(runs)
                .extracting(this::state)
                .containsExactly(RunState.RUNNING, RunState.RUNNING, RunState.QUEUED, RunState.QUEUED);
        endFirst(worker);
        endFirst(worker);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(0), runs.get(1));
        assertThat(holds(runs.get(2)).get(0).gate()).isEqualTo(Gate.RUN_CONCURRENCY);
        assertThat(holds(runs.get(3)).get(0).ahead()).isEqualTo(1);
        endFirst(worker);
        assertThat(runs)
                .extracting(this::state)
                .containsExactly(RunState.SUCCEEDED, RunState.RUNNING, RunState.RUNNING, RunState.QUEUED);
    }

    @Test
    void whatElseOfARunWaitedToBeginGoesOnOnceItHasBegun() {
        var version = engine.define(workflow("w")
                .concurrency("", 1, QUEUE)
                .step("left")
                .step("right")
                .build());
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 2);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(0), runs.get(0));
        endFirst(worker);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(0));
        endFirst(worker);
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(runs.get(1), runs.get(1));
    }

    @Test
    void aCrashChangesNothingAboutWhoHasBegun() {
        var version = engine.define(ofRuns("w", "", 2, QUEUE));
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 4);
        engine.crashAndReconnect();
        endFirst(worker);
        engine.project();
        engine.crashAndReconnect();
        assertThat(runs)
                .extracting(this::state)
                .containsExactly(RunState.RUNNING, RunState.RUNNING, RunState.QUEUED, RunState.QUEUED);
        for (int i = 0; i < 7; i++) {
            assertThat(worker.running()).hasSizeLessThanOrEqualTo(2);
            endFirst(worker);
        }
        assertThat(runs).extracting(this::state).containsOnly(RunState.SUCCEEDED);
    }

    @Test
    void anOlderRunIsCancelledForANewerOfTheSameKey() {
        var version = engine.define(workflow("w")
                .concurrency("latest", "input.customer", 1, CANCEL_RUNNING)
                .step("work")
                .build());
        var worker = engine.workerByHand(10, version);
        var ada = start(version, "ada", true);
        var bob = start(version, "bob", true);
        var newest = start(version, "ada", true);
        assertThat(worker.cancels()).hasSize(1);
        assertThat(state(newest)).isEqualTo(RunState.QUEUED);
        worker.cancelled(worker.running().get(0));
        assertThat(state(ada)).isEqualTo(RunState.CANCELLED);
        assertThat(engine.run(ada).cancelReason())
                .contains("'latest' of key 'ada'")
                .contains(newest.toString());
        assertThat(state(bob)).isEqualTo(RunState.RUNNING);
        assertThat(state(newest)).isEqualTo(RunState.RUNNING);
    }

    @Test
    void ofRunsThatComeTogetherTheFirstGoOnWhereNewOnesAreCancelled() {
        var version = engine.define(ofRuns("w", "x", 2, CANCEL_NEW));
        engine.workerByHand(10, version);
        var starts = new ArrayList<Command.RunStart>();
        for (int i = 0; i < 5; i++) {
            starts.add(engine.starting(version, "{}"));
        }
        engine.ask(replyTo -> new Command.StartRuns(replyTo, EngineHarness.TENANT, engine.newRequest(), false, starts));
        assertThat(starts)
                .extracting(start -> state(start.run()))
                .containsExactly(
                        RunState.RUNNING, RunState.RUNNING, RunState.CANCELLED, RunState.CANCELLED, RunState.CANCELLED);
    }

    @Test
    void aLoweredLimitEndsNothingAndARaisedOneLetsMoreGo() {
        var version = engine.define(ofSteps("w", "db", 3, QUEUE));
        var worker = engine.workerByHand(10, version);
        start(version, 8);
        engine.define(ofSteps("other", "db", 1, QUEUE));
        assertThat(worker.running()).hasSize(3);
        endFirst(worker);
        endFirst(worker);
        assertThat(worker.running()).hasSize(1);
        engine.define(ofSteps("another", "db", 4, QUEUE));
        assertThat(worker.running()).hasSize(4);
    }

    @Test
    void aLimitThatTheRunAndItsStepBothNeedOnceSaysThatItCanNeverGo() {
        var version = engine.define(workflow("w")
                .concurrency("x", 1, QUEUE)
                .step("work", step -> step.concurrency("x", 1, QUEUE))
                .build());
        engine.workerByHand(10, version);
        assertThat(holds(engine.start(version)).get(0).help()).contains("can never run");
    }

    @Test
    void whatNeedsMorePermitsThanThereAreStandsInNobodysWay() {
        var twice = engine.define(workflow("twice")
                .concurrency("db", 1, QUEUE)
                .step("work", step -> step.concurrency("db", 1, QUEUE))
                .build());
        var once = engine.define(ofSteps("once", "db", 1, QUEUE));
        var worker = engine.workerByHand(10, twice, once);
        start(once, 1);
        var never = start(twice, 1).get(0);
        start(once, 5);
        for (int i = 0; i < 6; i++) {
            assertThat(worker.running()).as("after %d have ended", i).hasSize(1);
            endFirst(worker);
        }
        assertThat(holds(never))
                .singleElement()
                .satisfies(hold -> assertThat(hold.help()).contains("it can never run"));
        engine.send(new Command.ConfigChanged(
                EngineHarness.TENANT, new TenantConfig(Map.of("db", 2), Map.of(), Map.of(), java.util.Set.of())));
        assertThat(worker.running()).extracting(AttemptRef::run).containsExactly(never);
    }

    @Test
    void aTaskOfTwoContendedLimitsSaysForWhomOneIsKept() {
        var a = engine.define(ofSteps("a", "first", 1, QUEUE));
        var b = engine.define(ofSteps("b", "second", 1, QUEUE));
        var both = engine.define(workflow("both")
                .step("work", step -> step.concurrency("first", 1, QUEUE).concurrency("second", 1, QUEUE))
                .build());
        var worker = engine.workerByHand(10, a, b, both);
        start(a, 20);
        start(b, 20);
        var needsBoth = start(both, 1).get(0);
        // One of the two is always taken by somebody else, until one is kept.
        for (int i = 0;
                i < 30
                        && worker.running().stream()
                                .noneMatch(attempt -> attempt.run().equals(needsBoth));
                i++) {
            var kept = worker.running().size() == 1;
            if (kept) {
                var others = engine.facts().stream()
                        .filter(fact -> fact instanceof Fact.RunStarted)
                        .map(fact -> ((Fact.RunStarted) fact).run())
                        .filter(run -> engine.run(run).state() == RunState.QUEUED && !run.equals(needsBoth))
                        .flatMap(run -> holds(run).stream())
                        .map(Hold::help);
                assertThat(others).anyMatch(help -> help.contains("kept for run " + needsBoth));
            }
            endFirst(worker);
        }
        assertThat(worker.running()).extracting(AttemptRef::run).contains(needsBoth);
    }
}
