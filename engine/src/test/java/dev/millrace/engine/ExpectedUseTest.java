package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.empty;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.WorkflowBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What live attempts are expected to use is held against the budget too: a run does not begin what it might not be able to pay. */
class ExpectedUseTest {
    private static final String TOKENS = "openai.tokens";

    private final EngineHarness engine = new EngineHarness();

    private static WorkflowBuilder three() {
        return workflow("w")
                .limit(TOKENS, 10_000, Duration.ofSeconds(1), 10_000)
                .step("a", step -> step.limit(TOKENS, 60))
                .step("b", step -> step.limit(TOKENS, 60))
                .step("c", step -> step.limit(TOKENS, 30));
    }

    private Hold hold(RunId run, int node) {
        var holds = GateScenarios.explain(engine, run, node).holds();
        assertThat(holds).hasSize(1);
        return holds.get(0);
    }

    @Test
    void anAttemptWaitsUntilThoseThatAreUnderWayHaveUsedLess() {
        var version = engine.define(three().budget(TOKENS, 100).build());
        var worker = engine.workerByHand(3, version);
        var run = engine.start(version);
        assertThat(worker.assigned()).as("60 and 30 fit, 60 more do not").hasSize(2);
        assertThat(hold(run, 1)).satisfies(hold -> {
            assertThat(hold.gate()).isEqualTo(Gate.BUDGET);
            assertThat(hold.taken()).isEqualTo(90);
            assertThat(hold.help()).contains("expected to use 90 more", "next attempt is expected to use 60");
        });
        assertThat(engine.run(run).state()).isEqualTo(RunState.RUNNING);
        assertThat(Effect.Awaits.of(engine.run(run)).open())
                .as("nobody is asked")
                .isEmpty();

        worker.end(worker.newest("a"), value("1").using(TOKENS, 20));
        assertThat(worker.assigned())
                .as("20 used and 30 expected: 60 do not fit")
                .hasSize(2);
        worker.end(worker.newest("c"), value("1").using(TOKENS, 5));

        assertThat(worker.assigned()).hasSize(3);
        worker.end(worker.newest("b"), value("1").using(TOKENS, 60));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void whatIsSettledIsExpectedInstead() {
        var version = engine.define(three().budget(TOKENS, 100).build());
        var worker = engine.workerByHand(3, version);
        engine.start(version);
        worker.report(worker.newest("a"), Spent.of(Usage.NONE, Usage.of(TOKENS, 10)));
        assertThat(worker.assigned()).as("10 and 30 are expected").hasSize(3);
    }

    @Test
    void whenTheyUseAllOfItTheRunEnds() {
        var version = engine.define(three().budget(TOKENS, 100).build());
        var worker = engine.workerByHand(3, version);
        var run = engine.start(version);
        worker.end(worker.newest("a"), value("1").using(TOKENS, 60));
        worker.end(worker.newest("c"), empty());
        assertThat(engine.run(run).failure().orElseThrow().cause().type()).isEqualTo(Failure.BUDGET_EXCEEDED);
    }

    @Test
    void whenTheyUseAllOfItARunThatAsksAsks() {
        var version = engine.define(three().askingBudget(TOKENS, 100).build());
        var worker = engine.workerByHand(3, version);
        var run = engine.start(version);
        worker.end(worker.newest("a"), value("1").using(TOKENS, 60));
        assertThat(hold(run, 1).help()).contains("lets the run use more than 100");
        assertThat(Effect.Awaits.of(engine.run(run)).open()).hasSize(1);
        worker.end(worker.newest("c"), empty());
        assertThat(engine.run(run).state()).isEqualTo(RunState.WAITING);
        engine.ask(replyTo -> new Command.RaiseBudget(replyTo, EngineHarness.TENANT, run, TOKENS, 120, "ada", ""));
        worker.end(worker.newest("b"), empty());
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aLostWorkerMayHaveUsedLess() {
        var version = engine.define(three().budget(TOKENS, 100).build());
        var worker = engine.workerByHand(3, version);
        var run = engine.start(version);
        assertThat(worker.assigned()).hasSize(2);
        worker.die();
        engine.advance(Duration.ofMinutes(1));
        var next = engine.workerByHand(3, version);
        assertThat(next.assigned())
                .as("those that are tried again are expected to use as much")
                .hasSize(2);
        assertThat(engine.run(run).failure()).isEmpty();
    }

    @Test
    void aNewOwnerExpectsTheSame() {
        var version = engine.define(three().budget(TOKENS, 100).build());
        var worker = engine.workerByHand(3, version);
        var run = engine.start(version);
        for (boolean projected : new boolean[] {false, true}) {
            if (projected) {
                engine.project();
            }
            engine.crashAndReconnect();
            assertThat(hold(run, 1).taken()).isEqualTo(90);
        }
        worker.end(worker.newest("a"), value("1").using(TOKENS, 10));
        assertThat(worker.assigned()).hasSize(3);
    }
}
