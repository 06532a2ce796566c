package dev.millrace.engine;

import static dev.millrace.engine.harness.EngineHarness.TENANT;
import static dev.millrace.engine.harness.EngineHarness.payload;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.manifest.ConcurrencyStrategy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Windows in front of starts: debounce, collect, throttle. */
class StartWindowTest {
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofSeconds(25);

    private final EngineHarness engine = new EngineHarness();

    private VersionRef debounced() {
        return engine.define(workflow("index")
                .debounced(QUIET, Optional.of(LONGEST))
                .step("work")
                .build());
    }

    private VersionRef collected() {
        return engine.define(workflow("mail").collected(3, LONGEST).step("work").build());
    }

    private Command.RunStart starting(VersionRef version, String key, String input) {
        return starting(version, key, input, Optional.empty());
    }

    private Command.RunStart starting(VersionRef version, String key, String input, Optional<String> idempotencyKey) {
        return new Command.RunStart(
                engine.newRun(),
                version,
                payload(input),
                idempotencyKey,
                idempotencyKey.isPresent() ? input : "",
                Priority.NORMAL,
                Map.of("of", input),
                Optional.empty(),
                0,
                RunTerms.NONE.through(new DoorKeys(key, key)));
    }

    private StartOutcome outcome(Command.RunStart start) {
        return outcome(engine.newRequest(), start);
    }

    private StartOutcome outcome(UUID request, Command.RunStart start) {
        var reply = engine.ask(replyTo -> new Command.StartRuns(replyTo, TENANT, request, true, List.of(start)));
        return ((Reply.RunsStarted) reply).outcomes().get(0);
    }

    private StartOutcome.Started start(VersionRef version, String key, String input) {
        return (StartOutcome.Started) outcome(starting(version, key, input));
    }

    private static String text(Payload payload) {
        return new String(payload.data(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private String input(RunId run) {
        return text(engine.run(run).input());
    }

    private RunState state(RunId run) {
        return engine.run(run).state();
    }

    // ---- debounce ----

    @Test
    void theLastStartOfABurstRunsOnceItHasBeenQuiet() {
        var version = debounced();
        engine.worker(5, version);
        var first = start(version, "a", "1");
        assertThat(first.joined()).isFalse();
        engine.advance(Duration.ofSeconds(9));
        var second = start(version, "a", "2");
        assertThat(second).isEqualTo(new StartOutcome.Started(first.run(), false, true));
        engine.advance(Duration.ofSeconds(9));
        assertThat(state(first.run())).isEqualTo(RunState.QUEUED);
        engine.advance(Duration.ofSeconds(1));
        assertThat(state(first.run())).isEqualTo(RunState.SUCCEEDED);
        assertThat(input(first.run())).isEqualTo("2");
        assertThat(engine.run(first.run()).metadata()).containsEntry("of", "2");
        assertThat(engine.facts().stream().filter(Fact.RunStarted.class::isInstance))
                .hasSize(1);
    }

    @Test
    void howeverBusyItStaysItWaitsNoLongerThanItMay() {
        var version = debounced();
        engine.worker(5, version);
        var first = start(version, "a", "0");
        for (int i = 1; i <= 2; i++) {
            engine.advance(Duration.ofSeconds(9));
            assertThat(start(version, "a", "" + i).joined()).isTrue();
        }
        engine.advance(Duration.ofSeconds(7));
        assertThat(state(first.run())).isEqualTo(RunState.SUCCEEDED);
        assertThat(input(first.run())).isEqualTo("2");
        assertThat(start(version, "a", "3").joined()).isFalse();
    }

    @Test
    void withoutAMaximumItWaitsNoLongerThanItsFirstStepMayQueue() {
        var version = engine.define(workflow("index")
                .debounced(QUIET, Optional.empty())
                .step("work", step -> step.queueTimeout(Duration.ofSeconds(15)))
                .build());
        engine.worker(5, version);
        var run = start(version, "a", "1").run();
        engine.advance(Duration.ofSeconds(9));
        start(version, "a", "2");
        engine.advance(Duration.ofSeconds(6));
        assertThat(state(run)).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void startsOfOtherKeysVersionsAndLabelsHaveWindowsOfTheirOwn() {
        var version = debounced();
        var other = engine.define(workflow("index")
                .tag("next")
                .debounced(QUIET, Optional.of(LONGEST))
                .step("work")
                .build());
        assertThat(start(version, "a", "1").joined()).isFalse();
        assertThat(start(version, "b", "1").joined()).isFalse();
        assertThat(start(other, "a", "1").joined()).isFalse();
        var placed = starting(version, "a", "1");
        var elsewhere = new Command.RunStart(
                placed.run(),
                version,
                placed.input(),
                Optional.empty(),
                "",
                Priority.NORMAL,
                Map.of(),
                Optional.empty(),
                0,
                placed.terms().requiring(Map.of("region", "eu")));
        assertThat(outcome(elsewhere)).isEqualTo(new StartOutcome.Started(placed.run(), false, false));
        assertThat(start(version, "a", "2").joined()).isTrue();
    }

    @Test
    void aWindowOutlivesACrashWithAndWithoutItsImage() {
        var version = debounced();
        engine.worker(5, version);
        var run = start(version, "a", "1").run();
        engine.crashAndReconnect();
        assertThat(start(version, "a", "2")).isEqualTo(new StartOutcome.Started(run, false, true));
        engine.project();
        engine.crashAndReconnect();
        assertThat(start(version, "a", "3")).isEqualTo(new StartOutcome.Started(run, false, true));
        engine.project();
        engine.crash();
        engine.advance(LONGEST);
        assertThat(engine.run(run).window()).isEmpty();
        assertThat(input(run)).isEqualTo("3");
        assertThat(engine.facts().stream().filter(Fact.WindowClosed.class::isInstance))
                .hasSize(1);
    }

    @Test
    void aStartThatIsSentAgainIsKnownAndJoinsNothingTwice() {
        var version = debounced();
        var run = start(version, "a", "1").run();
        var request = engine.newRequest();
        assertThat(outcome(request, starting(version, "a", "2"))).isEqualTo(new StartOutcome.Started(run, false, true));
        engine.crash();
        assertThat(outcome(request, starting(version, "a", "2"))).isEqualTo(new StartOutcome.Started(run, true, false));
        assertThat(engine.run(run).window().orElseThrow().starts()).isEqualTo(2);
    }

    @Test
    void theIdempotencyKeyOfAStartThatJoinedBelongsToTheRun() {
        var version = debounced();
        var run = start(version, "a", "1").run();
        outcome(starting(version, "a", "2", Optional.of("k")));
        assertThat(outcome(starting(version, "b", "2", Optional.of("k"))))
                .isEqualTo(new StartOutcome.Started(run, true, false));
        assertThat(outcome(starting(version, "b", "3", Optional.of("k"))))
                .isInstanceOfSatisfying(
                        StartOutcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("IDEMPOTENCY_CONFLICT"));
    }

    @Test
    void whoeverJoinsCanFollowTheRunAndTheTimeOfTheRunBeginsWhenTheWindowCloses() {
        var version = debounced();
        engine.worker(5, version);
        var run = start(version, "a", "1").run();
        long follower = engine.newReply();
        engine.send(new Command.FollowRun(follower, TENANT, run));
        engine.advance(QUIET);
        assertThat(engine.reply(follower)).get().isInstanceOf(Reply.RunEnded.class);
        var image = engine.run(run);
        assertThat(Duration.between(image.started(), image.deadline()))
                .isEqualTo(dev.millrace.manifest.Defaults.RUN_DEADLINE.plus(QUIET));
    }

    @Test
    void aWindowThatIsCancelledNeverBeginsAndIsNotReplayed() {
        var version = debounced();
        engine.worker(5, version);
        var run = start(version, "a", "1").run();
        engine.cancel(run, "not wanted");
        assertThat(state(run)).isEqualTo(RunState.CANCELLED);
        engine.advance(LONGEST);
        assertThat(state(run)).isEqualTo(RunState.CANCELLED);
        assertThat(start(version, "a", "2").run()).isNotEqualTo(run);
        assertThat(engine.replay(run, new Command.ReplayFrom.Start()))
                .isInstanceOfSatisfying(
                        Reply.Refused.class,
                        refused -> assertThat(refused.message()).contains("waited in its window"));
        engine.project();
        assertThat(engine.replay(run, new Command.ReplayFrom.Start())).isInstanceOf(Reply.Refused.class);
    }

    @Test
    void whatWaitsInAWindowSaysSo() {
        var version = debounced();
        var run = start(version, "a", "1").run();
        start(version, "a", "2");
        var explained = (Reply.Explained) engine.ask(replyTo -> new Command.Explain(replyTo, TENANT, run, 0, 0));
        assertThat(explained.holds()).singleElement().satisfies(hold -> {
            assertThat(hold.gate()).isEqualTo(Gate.WINDOW);
            assertThat(hold.key()).isEqualTo("a");
            assertThat(hold.taken()).isEqualTo(2);
            assertThat(hold.until()).isEqualTo(engine.now().plus(QUIET));
        });
    }

    @Test
    void aStartWhoseKeyCannotBeToldFailsAndJoinsNobody() {
        var version = debounced();
        start(version, "a", "1");
        var start = starting(version, "a", "2");
        var unknown = new Command.RunStart(
                start.run(),
                version,
                start.input(),
                Optional.empty(),
                "",
                Priority.NORMAL,
                Map.of(),
                Optional.empty(),
                0,
                new RunTerms(new Verdict.Unknown(Failure.KEY_EXPRESSION_ERROR, "No such member."), Map.of()));
        assertThat(outcome(unknown)).isEqualTo(new StartOutcome.Started(start.run(), false, false));
        assertThat(state(start.run())).isEqualTo(RunState.FAILED);
    }

    @Test
    void aRunThatWaitsInItsWindowTakesNoPermitAndPushesNobodyOut() {
        var version = engine.define(workflow("index")
                .debounced(QUIET, Optional.of(LONGEST))
                .concurrency("one", 1, ConcurrencyStrategy.CANCEL_RUNNING)
                .step("work")
                .build());
        var worker = engine.workerByHand(5, version);
        var first = start(version, "a", "1").run();
        engine.advance(QUIET);
        assertThat(worker.assigned()).hasSize(1);
        var second = start(version, "a", "2").run();
        assertThat(state(first)).isEqualTo(RunState.RUNNING);
        engine.cancel(second, "not wanted");
        var third = start(version, "a", "3").run();
        engine.advance(QUIET);
        assertThat(engine.run(first).cancelReason()).contains("concurrency limit 'one'");
        assertThat(state(third)).isIn(RunState.QUEUED, RunState.RUNNING);
    }

    // ---- collect ----

    @Test
    void gatheredStartsAreTheInputOfOneRun() {
        var version = collected();
        engine.worker(5, version);
        var run = start(version, "a", "1").run();
        assertThat(start(version, "a", "2")).isEqualTo(new StartOutcome.Started(run, false, true));
        engine.advance(LONGEST.minusSeconds(1));
        assertThat(state(run)).isEqualTo(RunState.QUEUED);
        engine.advance(Duration.ofSeconds(1));
        assertThat(state(run)).isEqualTo(RunState.SUCCEEDED);
        assertThat(input(run)).isEqualTo("[1,2]");
    }

    @Test
    void aFullWindowClosesAtOnceAndTheNextStartOpensAnother() {
        var version = collected();
        engine.worker(5, version);
        var run = start(version, "a", "1").run();
        start(version, "a", "2");
        start(version, "a", "3");
        assertThat(state(run)).isEqualTo(RunState.SUCCEEDED);
        assertThat(input(run)).isEqualTo("[1,2,3]");
        assertThat(start(version, "a", "4").run()).isNotEqualTo(run);
    }

    @Test
    void whileNobodyMakesTheInputOfAFullWindowTheNextOneOpensBesideIt() {
        var version = collected();
        engine.worker(5, version);
        engine.gathering(question -> Optional.empty());
        var full = start(version, "a", "1").run();
        start(version, "a", "2");
        start(version, "a", "3");
        var next = start(version, "a", "4").run();
        assertThat(next).isNotEqualTo(full);
        engine.project();
        engine.crashAndReconnect();
        assertThat(start(version, "a", "5")).isEqualTo(new StartOutcome.Started(next, false, true));
        assertThat(state(full)).isEqualTo(RunState.QUEUED);
        engine.gathering(
                question -> Optional.of(payload("[" + question.elements().size() + "]")));
        engine.advance(Duration.ofSeconds(6));
        assertThat(input(full)).isEqualTo("[3]");
        engine.advance(LONGEST);
        assertThat(input(next)).isEqualTo("[2]");
    }

    @Test
    void whatDoesNotFitIntoAnInputOpensAnotherWindow() {
        var version = collected();
        engine.worker(5, version);
        var half = "\"" + "x".repeat(600_000) + "\"";
        var run = start(version, "a", half).run();
        assertThat(start(version, "a", half).run()).isNotEqualTo(run);
        engine.advance(Duration.ofSeconds(1));
        assertThat(state(run)).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(run).input().size()).isEqualTo(half.length() + 2);
    }

    @Test
    void anAnswerFromBeforeAnotherStartJoinedIsOfNoInterest() {
        var version = collected();
        engine.worker(5, version);
        var run = start(version, "a", "1").run();
        engine.send(new Command.InputGathered(TENANT, run, 1, payload("[1]"), RunTerms.NONE));
        assertThat(state(run)).isEqualTo(RunState.QUEUED);
        start(version, "a", "2");
        engine.advance(LONGEST);
        engine.send(new Command.InputGathered(TENANT, run, 2, payload("[7,7]"), RunTerms.NONE));
        assertThat(input(run)).isEqualTo("[1,2]");
    }

    @Test
    void everyStartThatWasAcceptedIsInExactlyOneRunWhateverCrashes() {
        var version = collected();
        engine.worker(50, version);
        var expected = new HashMap<String, RunId>();
        for (int i = 0; i < 60; i++) {
            expected.put(
                    "" + (1000 + i),
                    start(version, "k" + i % 4, "" + (1000 + i)).run());
            switch (i % 7) {
                case 0 -> engine.project();
                case 3 -> engine.crashAndReconnect();
                case 5 -> engine.advance(Duration.ofSeconds(6));
                default -> engine.advance(Duration.ofMillis(300));
            }
        }
        engine.advance(LONGEST.multipliedBy(2));
        var found = new HashMap<String, RunId>();
        for (var run : new java.util.HashSet<>(expected.values())) {
            assertThat(state(run)).isEqualTo(RunState.SUCCEEDED);
            for (var element : input(run).replaceAll("[\\[\\]]", "").split(",")) {
                assertThat(found.put(element, run)).isNull();
            }
        }
        assertThat(found).isEqualTo(expected);
    }

    // ---- throttle ----

    @Test
    void aThrottleLetsSoManyThroughPerPeriodAndKeyAndSaysWhenTheNextMayCome() {
        var version = engine.define(
                workflow("report").throttled(2, LONGEST).step("work").build());
        engine.worker(5, version);
        start(version, "a", "1");
        engine.advance(Duration.ofSeconds(5));
        start(version, "a", "2");
        assertThat(outcome(starting(version, "a", "3"))).isInstanceOfSatisfying(StartOutcome.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("THROTTLED");
            assertThat(refused.message())
                    .contains(
                            "'report'",
                            "'a'",
                            EngineHarness.BEGINNING.plus(LONGEST).toString());
        });
        start(version, "b", "1");
        engine.advance(Duration.ofSeconds(20));
        start(version, "a", "4");
    }

    @Test
    void whatAThrottleHasLetThroughIsKnownAfterACrash() {
        var version = engine.define(
                workflow("report").throttled(2, LONGEST).step("work").build());
        start(version, "a", "1");
        engine.crash();
        start(version, "a", "2");
        engine.project();
        engine.crash();
        assertThat(outcome(starting(version, "a", "3"))).isInstanceOf(StartOutcome.Refused.class);
        engine.advance(LONGEST);
        assertThat(outcome(starting(version, "a", "3"))).isInstanceOf(StartOutcome.Started.class);
    }

    @Test
    void aThrottleInFrontOfAWindowCountsEveryStart() {
        var version = engine.define(workflow("index")
                .debounced(QUIET, Optional.of(LONGEST))
                .throttled(2, LONGEST)
                .step("work")
                .build());
        start(version, "a", "1");
        assertThat(start(version, "a", "2").joined()).isTrue();
        assertThat(outcome(starting(version, "a", "3"))).isInstanceOf(StartOutcome.Refused.class);
    }
}
