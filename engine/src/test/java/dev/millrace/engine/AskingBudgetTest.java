package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A run whose budget asks is held when it has used what it may, until somebody lets it use more. */
class AskingBudgetTest {
    private static final String TOKENS = "openai.tokens";

    private final EngineHarness engine = new EngineHarness();

    private VersionRef twoSteps() {
        return engine.define(workflow("w")
                .askingBudget(TOKENS, 100)
                .step("first")
                .step("second", "first")
                .build());
    }

    private FakeWorker worker(VersionRef version) {
        return engine.worker(1, version)
                .on("first", any -> value("1").using(TOKENS, 130))
                .on("second", any -> value("2").using(TOKENS, 10));
    }

    private Reply raise(RunId run, String budget, long limit) {
        return engine.ask(replyTo ->
                new Command.RaiseBudget(replyTo, EngineHarness.TENANT, run, budget, limit, "ada", "worth it"));
    }

    private List<Hold> holds(RunId run, int node) {
        return GateScenarios.explain(engine, run, node).holds();
    }

    private List<OpenWait> asks(RunId run) {
        return Effect.Awaits.of(engine.run(run)).open();
    }

    @Test
    void itWaitsForSomebodyWhenAllIsUsed() {
        var version = twoSteps();
        var worker = worker(version);
        var run = engine.start(version);

        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
        assertThat(worker.entered()).hasSize(1);
        assertThat(holds(run, 1)).singleElement().satisfies(hold -> {
            assertThat(hold.gate()).isEqualTo(Gate.BUDGET);
            assertThat(hold.name()).isEqualTo(TOKENS);
            assertThat(hold.taken()).isEqualTo(130);
            assertThat(hold.limit()).isEqualTo(100);
            assertThat(hold.since()).isEqualTo(engine.now());
            assertThat(hold.help())
                    .contains(
                            "lets the run use more than 100",
                            engine.run(run).deadline().toString());
        });
        assertThat(asks(run)).singleElement().satisfies(open -> {
            assertThat(open.node()).isEqualTo(OpenWait.OF_RUN);
            assertThat(open.checkpoint().key()).isEqualTo(new CheckpointKey("100", TOKENS, 1));
            assertThat(open.checkpoint().until()).isEqualTo(engine.run(run).deadline());
        });
    }

    @Test
    void itGoesOnWhenSomebodyLetsItUseMore() {
        var version = twoSteps();
        worker(version);
        var run = engine.start(version);

        assertThat(raise(run, TOKENS, 200)).isEqualTo(new Reply.BudgetRaised(TOKENS, 130, 200));

        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(asks(run)).isEmpty();
        assertThat(engine.run(run).allowance()).isEqualTo(new Allowance(true, Usage.of(TOKENS, 200)));
        assertThat(engine.run(run).history())
                .anySatisfy(one -> assertThat(one.state() + " " + one.detail())
                        .isEqualTo("BUDGET_RAISED '" + TOKENS + "' to 200 by ada: worth it"));
    }

    @Test
    void whatIsNotEnoughLetsItAskAgain() {
        var version = twoSteps();
        worker(version);
        var run = engine.start(version);

        raise(run, TOKENS, 130);

        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
        assertThat(holds(run, 1)).extracting(Hold::limit).containsExactly(130L);
        assertThat(asks(run))
                .extracting(open -> open.checkpoint().key().branch())
                .containsExactly("130");
    }

    @Test
    void theSameRaiseTwiceIsOne() {
        var version = twoSteps();
        worker(version);
        var run = engine.start(version);
        raise(run, TOKENS, 120);
        assertThat(raise(run, TOKENS, 120)).isEqualTo(new Reply.BudgetRaised(TOKENS, 130, 120));
        assertThat(engine.run(run).history().stream().filter(one -> one.state().equals("BUDGET_RAISED")))
                .hasSize(1);
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        var version = twoSteps();
        worker(version);
        var run = engine.start(version);
        raise(run, TOKENS, 120);

        assertThat(raise(run, TOKENS, 119)).satisfies(reply -> refused(reply, "BUDGET_NOT_RAISED", "may use 120"));
        assertThat(raise(run, "tokns", 500))
                .satisfies(reply -> refused(reply, "BUDGET_NOT_FOUND", "has no budget 'tokns'. It has '" + TOKENS));
        raise(run, TOKENS, 500);
        assertThat(raise(run, TOKENS, 900)).satisfies(reply -> refused(reply, "RUN_FINISHED", "SUCCEEDED"));
    }

    private static void refused(Reply reply, String code, String words) {
        assertThat(reply).isInstanceOfSatisfying(Reply.Refused.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal.message()).contains(words);
        });
    }

    @Test
    void nobodyAnsweringEndsItAtItsDeadline() {
        var version = engine.define(workflow("w")
                .deadline(Duration.ofHours(2))
                .askingBudget(TOKENS, 100)
                .step("first")
                .step("second", "first")
                .compensated("first")
                .build());
        var worker = worker(version);
        var run = engine.start(version);
        engine.advance(Duration.ofMinutes(119));
        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);

        engine.advance(Duration.ofMinutes(1));

        assertThat(engine.run(run).state()).isEqualTo(RunState.TIMED_OUT);
        assertThat(engine.run(run).compensated()).isTrue();
        assertThat(worker.entered()).hasSize(2);
        assertThat(asks(run)).isEmpty();
    }

    @Test
    void itCanBeCancelledWhileItAsks() {
        var version = twoSteps();
        worker(version);
        var run = engine.start(version);
        engine.cancel(run, "too dear");
        assertThat(engine.run(run).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aNewOwnerHoldsItToo() {
        var version = twoSteps();
        worker(version);
        var run = engine.start(version);
        for (boolean projected : new boolean[] {false, true}) {
            if (projected) {
                engine.project();
            }
            engine.crashAndReconnect();
            assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
            assertThat(holds(run, 1)).extracting(Hold::gate).containsExactly(Gate.BUDGET);
            assertThat(asks(run)).hasSize(1);
        }
        raise(run, TOKENS, 1_000);
        engine.crashAndReconnect();
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(run).allowance().raised().amount(TOKENS)).isEqualTo(1_000);
    }

    @Test
    void whatWaitsInTheQueueIsHeldToo() {
        var version = engine.define(workflow("w")
                .askingBudget(TOKENS, 100)
                .step("a")
                .step("b")
                .step("c")
                .build());
        var worker = engine.workerByHand(1, version);
        var run = engine.start(version);
        worker.report(worker.assigned().get(0).attempt(), Spent.of(Usage.of(TOKENS, 100), Usage.NONE));
        assertThat(holds(run, 1)).extracting(Hold::gate).containsExactly(Gate.BUDGET);
        assertThat(holds(run, 2)).extracting(Hold::gate).containsExactly(Gate.BUDGET);
        assertThat(asks(run)).as("a run asks once").hasSize(1);
        worker.end(worker.assigned().get(0).attempt(), value("1").using(TOKENS, 101));
        assertThat(worker.assigned()).hasSize(1);
        raise(run, TOKENS, 1_000);
        worker.end(worker.assigned().get(1).attempt(), value("1"));
        worker.end(worker.assigned().get(2).attempt(), value("1"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRetryIsHeldWhenItsTimeHasCome() {
        var version = engine.define(workflow("w")
                .askingBudget(TOKENS, 100)
                .step("work", step -> step.retries(3))
                .build());
        var worker = engine.worker(1, version).on("work", any -> failure("Boom").using(TOKENS, 100));
        var run = engine.start(version);
        engine.advance(Duration.ofHours(1));
        assertThat(worker.entered()).hasSize(1);
        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
        worker.on("work", any -> value("1").using(TOKENS, 1));
        raise(run, TOKENS, 101);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aTaskThatIsHeldCanBeSettledByHand() {
        var version = twoSteps();
        worker(version);
        var run = engine.start(version);
        engine.settle(run, 1, new Command.Settlement.Skip());
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(asks(run)).isEmpty();
    }

    @Test
    void aReplayKeepsWhatSomebodyAllowed() {
        var version = twoSteps();
        var worker = worker(version);
        var run = engine.start(version);
        raise(run, TOKENS, 270);
        engine.project();
        worker.on("second", any -> value("2").using(TOKENS, 1));
        engine.replay(run, new Command.ReplayFrom.Step(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(run).usage().amount(TOKENS)).isEqualTo(131);
        assertThat(engine.run(run).allowance().raised().amount(TOKENS)).isEqualTo(270);
    }

    @Test
    void theFreeCleanUpOfARunThatIsStoppedIsNotHeld() {
        var version = engine.define(workflow("w")
                .askingBudget(TOKENS, 100)
                .step("first")
                .step("second", "first")
                .compensated("first")
                .build());
        worker(version);
        var run = engine.start(version);
        engine.cancel(run, "enough");
        assertThat(engine.run(run).compensated()).isTrue();
    }
}
