package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.harness.WorkflowBuilder.StepBuilder;
import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.ConcurrencyStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One call for the tasks of many runs. */
class BatchStepTest {
    private static final Duration WAIT = Duration.ofSeconds(2);

    private final EngineHarness engine = new EngineHarness();

    private VersionRef define(int maxSize, String key, Consumer<StepBuilder> more) {
        return engine.define(workflow("w")
                .step("work", step -> {
                    step.batch(maxSize, WAIT, key);
                    more.accept(step);
                })
                .build());
    }

    private VersionRef define(int maxSize) {
        return define(maxSize, "", step -> {});
    }

    private List<RunId> start(VersionRef version, int count) {
        var runs = new ArrayList<RunId>();
        for (int i = 0; i < count; i++) {
            runs.add(engine.start(version));
        }
        return runs;
    }

    private RunId start(VersionRef version, Terms terms) {
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
                new RunTerms(Verdict.PLAIN, Map.of(0, new Verdict.Holds(terms)))));
    }

    private static Terms batchKey(String key) {
        return new Terms(List.of(), "", 1, List.of(), List.of(), key);
    }

    /** The calls that a worker was given, each with the runs that it serves. */
    private static Map<Long, List<RunId>> calls(FakeWorker worker) {
        Map<Long, List<RunId>> calls = new LinkedHashMap<>();
        for (var each : worker.assigned()) {
            calls.computeIfAbsent(each.call().number(), any -> new ArrayList<>())
                    .add(each.attempt().run());
        }
        for (var each : worker.assigned()) {
            assertThat(each.call().size())
                    .isEqualTo(calls.get(each.call().number()).size());
        }
        return calls;
    }

    private static void acceptAll(FakeWorker worker) {
        List.copyOf(worker.assigned()).forEach(each -> worker.accept(each.attempt()));
    }

    private static List<Integer> sizes(FakeWorker worker) {
        return calls(worker).values().stream().map(List::size).toList();
    }

    private TaskState state(RunId run) {
        return engine.run(run).tasks().get(0).state();
    }

    @Test
    void tasksWaitUntilTheyAreAsManyAsACallTakes() {
        var version = define(3);
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 2);
        assertThat(worker.assigned()).isEmpty();
        runs.addAll(start(version, 1));
        assertThat(calls(worker).values()).containsExactly(runs);
        start(version, 3);
        assertThat(sizes(worker)).containsExactly(3, 3);
    }

    @Test
    void theFirstWaitsForOthersNoLongerThanItSays() {
        var version = define(3);
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 1);
        engine.advance(Duration.ofMillis(1_500));
        runs.addAll(start(version, 1));
        engine.advance(Duration.ofMillis(499));
        assertThat(worker.assigned()).isEmpty();
        engine.advance(Duration.ofMillis(1));
        assertThat(calls(worker).values()).containsExactly(runs);
    }

    @Test
    void whoComesAfterACallHasGoneWaitsForOthersOfItsOwn() {
        var version = define(3);
        var worker = engine.workerByHand(10, version);
        start(version, 3);
        engine.advance(Duration.ofSeconds(1));
        start(version, 1);
        engine.advance(Duration.ofMillis(1_999));
        assertThat(sizes(worker)).containsExactly(3);
        engine.advance(Duration.ofMillis(1));
        assertThat(sizes(worker)).containsExactly(3, 1);
    }

    @Test
    void onlyTasksOfEqualKeyShareACall() {
        var version = define(2, "input.region", step -> {});
        var worker = engine.workerByHand(10, version);
        var first = start(version, batchKey("eu"));
        start(version, batchKey("us"));
        assertThat(worker.assigned()).isEmpty();
        var second = start(version, batchKey("eu"));
        assertThat(calls(worker).values()).containsExactly(List.of(first, second));
    }

    @Test
    void aCallTakesTheSlotsOfOne() {
        var version = define(5, "", step -> step.slots(2));
        var worker = engine.workerByHand(2, version);
        start(version, 12);
        assertThat(sizes(worker)).containsExactly(5);
        for (var each : List.copyOf(worker.assigned()).subList(0, 4)) {
            worker.end(each.attempt(), value("1"));
        }
        assertThat(sizes(worker)).as("one of them runs on").containsExactly(5);
        worker.end(worker.assigned().get(4).attempt(), value("1"));
        assertThat(sizes(worker)).containsExactly(5, 5);
    }

    @Test
    void whileNoSlotIsFreeMoreJoin() {
        var version = define(5);
        var worker = engine.workerByHand(1, version);
        start(version, 1);
        engine.advance(WAIT);
        assertThat(sizes(worker)).containsExactly(1);
        acceptAll(worker);
        start(version, 1);
        engine.advance(Duration.ofMinutes(1));
        start(version, 2);
        worker.end(worker.newest("work"), value("1"));
        assertThat(sizes(worker)).containsExactly(1, 3);
    }

    @Test
    void everyTaskOfACallEndsByItself() {
        var version = define(3, "", step -> step.retries(1).backoff(new Backoff(WAIT, 1, WAIT)));
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 3);
        var attempts = List.copyOf(worker.assigned());
        worker.end(attempts.get(0).attempt(), value("\"one\""));
        worker.end(attempts.get(1).attempt(), failure("Broken"));
        worker.end(attempts.get(2).attempt(), failure(new Failure("NoUse", "It never will.", "", true, 0, "")));
        assertThat(engine.run(runs.get(0)).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(state(runs.get(1))).isEqualTo(TaskState.BACKING_OFF);
        assertThat(engine.run(runs.get(2)).state()).isEqualTo(RunState.FAILED);
        engine.advance(WAIT.multipliedBy(2));
        assertThat(worker.assigned().get(3).attempt()).isEqualTo(new AttemptRef(runs.get(1), 1, 0, 0, 2));
    }

    @Test
    void aTaskThatIsCancelledWhileItWaitsGoesAlone() {
        var version = define(3);
        var worker = engine.workerByHand(10, version);
        var runs = start(version, 2);
        engine.cancel(runs.get(0), "not wanted");
        engine.advance(WAIT);
        assertThat(calls(worker).values()).containsExactly(List.of(runs.get(1)));
    }

    @Test
    void theWaitIsThatOfThoseWhoAreLeft() {
        var version = define(3);
        var worker = engine.workerByHand(10, version);
        var first = start(version, 1).get(0);
        engine.advance(Duration.ofSeconds(1));
        start(version, 1);
        engine.cancel(first, "not wanted");
        engine.advance(Duration.ofMillis(1_999));
        assertThat(worker.assigned()).isEmpty();
        engine.advance(Duration.ofMillis(1));
        assertThat(sizes(worker)).containsExactly(1);
    }

    @Test
    void aLostWorkersTasksGoTogetherAgainWithNewAttempts() {
        var version = define(3);
        var lost = engine.workerByHand(10, version);
        var runs = start(version, 3);
        lost.die();
        var worker = engine.workerByHand(10, version);
        engine.advance(Duration.ofSeconds(10));
        assertThat(calls(worker).values()).containsExactly(runs);
        assertThat(worker.assigned())
                .extracting(each -> each.attempt().attempt())
                .containsOnly(2);
    }

    @Test
    void theSlotsOfACallAreCountedOnceAfterARecovery() {
        for (boolean projected : List.of(false, true)) {
            var world = new BatchStepTest();
            var version = world.define(3);
            var worker = world.engine.workerByHand(2, version);
            world.start(version, 3);
            acceptAll(worker);
            if (projected) {
                world.engine.project();
            }
            world.engine.crashAndReconnect();
            world.start(version, 6);
            assertThat(sizes(worker)).containsExactly(3, 3);
            for (var each : List.copyOf(worker.assigned()).subList(0, 3)) {
                worker.end(each.attempt(), value("1"));
            }
            assertThat(sizes(worker)).containsExactly(3, 3, 3);
        }
    }

    @Test
    void whoWaitsForOthersDoesSoAfterARecoveryToo() {
        var version = define(3);
        var worker = engine.workerByHand(10, version);
        start(version, 1);
        engine.advance(Duration.ofSeconds(1));
        engine.project();
        engine.crashAndReconnect();
        engine.advance(Duration.ofMillis(999));
        assertThat(worker.assigned()).isEmpty();
        engine.advance(Duration.ofMillis(1));
        assertThat(sizes(worker)).containsExactly(1);
    }

    @Test
    void permitsAreCountedForEveryTask() {
        var version = define(4, "", step -> step.concurrency("few", 2, ConcurrencyStrategy.QUEUE));
        var worker = engine.workerByHand(10, version);
        start(version, 4);
        assertThat(sizes(worker)).containsExactly(2);
        acceptAll(worker);
        engine.advance(WAIT.multipliedBy(5));
        assertThat(sizes(worker)).containsExactly(2);
        List.copyOf(worker.assigned()).forEach(each -> worker.end(each.attempt(), value("1")));
        assertThat(sizes(worker))
                .as("who has waited for others for long enough goes as soon as there is a permit")
                .containsExactly(2, 1, 1);
    }

    @Test
    void tokensAreTakenForEveryTask() {
        var version = engine.define(workflow("w")
                .limit("api", 3, Duration.ofSeconds(10), 3)
                .step("work", step -> step.batch(5, WAIT, "").limit("api", 1))
                .build());
        var worker = engine.workerByHand(10, version);
        start(version, 5);
        assertThat(sizes(worker)).containsExactly(3);
        acceptAll(worker);
        engine.advance(Duration.ofSeconds(4));
        assertThat(sizes(worker)).containsExactly(3, 1);
        acceptAll(worker);
        engine.advance(Duration.ofSeconds(4));
        assertThat(sizes(worker).stream().mapToInt(Integer::intValue).sum()).isEqualTo(5);
    }

    @Test
    void tasksOfManyFairnessKeysShareACall() {
        var version = engine.define(
                workflow("w").step("work", step -> step.batch(10, WAIT, "")).build());
        var worker = engine.workerByHand(10, version);
        for (int i = 0; i < 10; i++) {
            var plain = engine.starting(version, "{}");
            var fair = new Terms(List.of(), "key-" + i, 1, List.of(), List.of());
            engine.start(new Command.RunStart(
                    plain.run(),
                    plain.version(),
                    plain.input(),
                    plain.idempotencyKey(),
                    plain.digest(),
                    plain.priority(),
                    plain.metadata(),
                    plain.deadline(),
                    plain.follow(),
                    new RunTerms(new Verdict.Holds(fair), Map.of())));
        }
        assertThat(sizes(worker)).containsExactly(10);
    }

    @Test
    void whoIsBlockedByItsOwnKeyIsNotWaitedFor() {
        var version = define(2, "", step -> step.concurrency("one", "input.customer", 1, ConcurrencyStrategy.QUEUE));
        var worker = engine.workerByHand(10, version);
        var terms = new Terms(List.of("busy"), "", 1, List.of(), List.of());
        start(version, terms);
        engine.advance(WAIT);
        acceptAll(worker);
        start(version, terms);
        engine.advance(WAIT.multipliedBy(3));
        assertThat(sizes(worker)).containsExactly(1);
        start(version, new Terms(List.of("other"), "", 1, List.of(), List.of()));
        engine.advance(Duration.ofMillis(1_999));
        assertThat(sizes(worker)).containsExactly(1);
        engine.advance(Duration.ofMillis(1));
        assertThat(sizes(worker)).containsExactly(1, 1);
    }

    @Test
    void aTimedOutCallKeepsItsSlotsUntilItsWorkerHasStoppedAllOfIt() {
        var version = define(2, "", step -> step.timeout(Duration.ofSeconds(5)));
        var worker = engine.workerByHand(1, version);
        start(version, 2);
        acceptAll(worker);
        start(version, 2);
        engine.advance(Duration.ofSeconds(6));
        assertThat(sizes(worker)).containsExactly(2);
        var stopped = worker.assigned().stream().map(Assignment::attempt).toList();
        worker.cancelled(stopped.get(0));
        assertThat(sizes(worker)).containsExactly(2);
        worker.cancelled(stopped.get(1));
        assertThat(sizes(worker)).containsExactly(2, 2);
    }

    @Test
    void explainTellsHowManyThereAreAndUntilWhenTheyWait() {
        var version = define(3, "input.region", step -> {});
        engine.workerByHand(10, version);
        start(version, batchKey("eu"));
        engine.advance(Duration.ofMillis(500));
        var run = start(version, batchKey("eu"));
        var explained =
                (Reply.Explained) engine.ask(replyTo -> new Command.Explain(replyTo, EngineHarness.TENANT, run, 0, 0));
        assertThat(explained.holds()).extracting(Hold::gate).containsExactly(Gate.BATCH);
        var hold = explained.holds().get(0);
        assertThat(hold.name()).isEqualTo("work");
        assertThat(hold.key()).isEqualTo("eu");
        assertThat(hold.taken()).isEqualTo(2);
        assertThat(hold.limit()).isEqualTo(3);
        assertThat(hold.until()).isEqualTo(engine.now().plusMillis(1_500));
    }

    @Test
    void aThousandTasksGoInFullCallsHoweverTheyCame() {
        var version = define(10);
        var worker = engine.workerByHand(1_000, version);
        start(version, 1_003);
        assertThat(sizes(worker)).hasSize(100).containsOnly(10);
        engine.advance(WAIT);
        assertThat(sizes(worker)).hasSize(101).endsWith(3);
    }
}
