package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.Values;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Steps that run only if a condition holds, which is decided at the edge and without a worker. */
class ConditionTest {
    private static final Optional<Verdict> HOLDS = Optional.of(Verdict.PLAIN);
    private static final Optional<Verdict> HOLDS_NOT = Optional.of(new Verdict.HoldsNot());
    private static final Optional<Verdict> LOST = Optional.empty();
    private static final Duration AGAIN = ShardSettings.DEFAULT.acceptLease();

    private final EngineHarness engine = new EngineHarness();
    private final List<Effect.DecideStep> asked = new ArrayList<>();
    private final VersionRef version = engine.define(workflow("order")
            .step("score")
            .step("slow")
            .step("ship", step -> step.from("score").optional("slow").when("score < 1"))
            .step("report", "ship")
            .step("always", step -> step.optional("ship"))
            .build());

    private void answer(Optional<Verdict> answer) {
        engine.verdicts(question -> {
            asked.add(question);
            return answer;
        });
    }

    private TaskState state(RunId run, int node) {
        return engine.run(run).tasks().stream()
                .filter(task -> task.node() == node)
                .map(RunImage.TaskImage::state)
                .findFirst()
                .orElse(TaskState.PENDING);
    }

    @Test
    void aStepWhoseConditionHoldsRuns() {
        answer(HOLDS);
        engine.worker(5, version);
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(state(run, 3)).isEqualTo(TaskState.SUCCEEDED);
        assertThat(asked).hasSize(1);
    }

    @Test
    void aStepWhoseConditionDoesNotHoldIsSkippedAndSoIsWhatNeedsIt() {
        answer(HOLDS_NOT);
        var worker = engine.worker(5, version);
        var run = engine.start(version);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(List.of(state(run, 2), state(run, 3), state(run, 4)))
                .containsExactly(TaskState.SKIPPED, TaskState.SKIPPED, TaskState.SUCCEEDED);
        assertThat(worker.assigned()).extracting(Effect.Assignment::step).containsExactly("score", "slow", "always");
        assertThat(engine.run(run).history())
                .anyMatch(step -> step.node() == 2 && step.detail().equals("its condition does not hold"));
    }

    @Test
    void aConditionIsAskedOnceAllParentsHaveEndedAndWithWhatTheyMade() {
        answer(HOLDS);
        engine.worker(5, version).on("score", any -> value("0.5")).on("slow", any -> value("7", Duration.ofSeconds(3)));
        var run = engine.start(version, "{\"wanted\":true}");
        assertThat(asked).isEmpty();
        engine.advance(Duration.ofSeconds(3));
        var question = asked.get(0);
        assertThat(question.run()).isEqualTo(run);
        assertThat(question.version()).isEqualTo(version);
        assertThat(question.node()).isEqualTo(2);
        assertThat(question.input()).isEqualTo(EngineHarness.payload("{\"wanted\":true}"));
        assertThat(question.arguments()).extracting(Values::json).containsExactly("0.5", "7");
    }

    @Test
    void aConditionOfAStepThatCannotRunIsNotAsked() {
        answer(HOLDS);
        engine.worker(5, version).on("score", any -> failure("Boom"));
        engine.start(version);
        assertThat(asked).isEmpty();
    }

    @Test
    void aConditionThatCannotBeEvaluatedFailsItsStep() {
        answer(Optional.of(new Verdict.Unknown(Failure.CONDITION_FAILED, "score has no field 'risk'")));
        engine.worker(5, version);
        var run = engine.start(version);
        var failure = engine.run(run).failure().orElseThrow();
        assertThat(failure.step()).isEqualTo("ship");
        assertThat(failure.cause().type()).isEqualTo(Failure.CONDITION_FAILED);
        assertThat(failure.cause().message()).contains("no field 'risk'");
        assertThat(state(run, 2)).isEqualTo(TaskState.FAILED);
    }

    @Test
    void aRunAllOfWhoseStepsAreSkippedSucceedsWithoutAWorker() {
        answer(HOLDS_NOT);
        var never = engine.define(workflow("never")
                .step("work", step -> step.when("input.wanted"))
                .build());
        assertThat(engine.run(engine.start(never)).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aQuestionWithoutAnAnswerIsAskedAgain() {
        answer(LOST);
        engine.worker(5, version);
        var run = engine.start(version);
        assertThat(state(run, 2)).isEqualTo(TaskState.PENDING);
        engine.advance(AGAIN);
        assertThat(asked).hasSize(2);
        assertThat(asked.get(1)).isEqualTo(asked.get(0));
        answer(HOLDS);
        engine.advance(AGAIN);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        engine.advance(AGAIN.multipliedBy(3));
        assertThat(asked).hasSize(3);
    }

    @Test
    void anOpenQuestionIsAskedAgainAfterARecoveryAndAnAnsweredOneIsNot() {
        answer(LOST);
        engine.worker(5, version);
        var open = engine.start(version);
        for (boolean projected : new boolean[] {false, true}) {
            if (projected) {
                engine.project();
            }
            asked.clear();
            engine.crashAndReconnect();
            engine.advance(Duration.ofMillis(1));
            assertThat(asked)
                    .as("projected: %s", projected)
                    .singleElement()
                    .matches(question -> question.run().equals(open));
        }
        answer(HOLDS_NOT);
        engine.advance(AGAIN);
        assertThat(engine.run(open).state()).isEqualTo(RunState.SUCCEEDED);
        asked.clear();
        engine.crashAndReconnect();
        engine.advance(AGAIN);
        assertThat(asked).isEmpty();
    }

    @Test
    void anAnswerThatComesTwiceOrToAnotherQuestionChangesNothing() {
        answer(LOST);
        engine.worker(5, version);
        var run = engine.start(version);
        int before = engine.facts().size();
        var stranger = new TenantId(new UUID(7, 9));
        engine.send(new Command.StepDecided(stranger, run, 1, 2, new Decision.Whole(new Verdict.HoldsNot())));
        engine.send(
                new Command.StepDecided(EngineHarness.TENANT, run, 2, 2, new Decision.Whole(new Verdict.HoldsNot())));
        engine.send(
                new Command.StepDecided(EngineHarness.TENANT, run, 1, 3, new Decision.Whole(new Verdict.HoldsNot())));
        engine.send(new Command.StepDecided(
                EngineHarness.TENANT, engine.newRun(), 1, 2, new Decision.Whole(Verdict.PLAIN)));
        assertThat(engine.facts()).hasSize(before);
        engine.send(new Command.StepDecided(EngineHarness.TENANT, run, 1, 2, new Decision.Whole(Verdict.PLAIN)));
        engine.send(
                new Command.StepDecided(EngineHarness.TENANT, run, 1, 2, new Decision.Whole(new Verdict.HoldsNot())));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(state(run, 2)).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void aRunIsCancelledWhileAQuestionIsOpen() {
        answer(LOST);
        engine.worker(5, version);
        var run = engine.start(version);
        engine.cancel(run, "for the test");
        assertThat(engine.run(run).state()).isEqualTo(RunState.CANCELLED);
        assertThat(state(run, 2)).isEqualTo(TaskState.SKIPPED);
        engine.project();
        assertThat(engine.shard().nextTimer()).as("nothing is asked any more").isEmpty();
    }
}
