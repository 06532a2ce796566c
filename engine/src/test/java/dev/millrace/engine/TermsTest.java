package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.harness.EngineHarness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What was evaluated at the edge travels with runs and tasks, and decides about them. */
class TermsTest {
    private static final Terms TERMS = new Terms(List.of("c-1"), "", 2, List.of("eu"), List.of(3L));
    private static final Verdict HOLDS = new Verdict.Holds(TERMS);
    private static final Verdict HOLDS_NOT = new Verdict.HoldsNot();
    private static final Verdict UNKNOWN =
            new Verdict.Unknown(Failure.KEY_EXPRESSION_ERROR, "input.region has no value");

    private final EngineHarness engine = new EngineHarness();
    private final List<Effect.DecideStep> asked = new ArrayList<>();

    private final VersionRef plain = engine.define(workflow("plain")
            .step("charge", step -> step.when("input.ok"))
            .step("ship", "charge")
            .onFailure()
            .build());
    private final VersionRef mapped = engine.define(workflow("mapped")
            .step("list")
            .step("each", step -> step.each("list").when("element.ok"))
            .step("join", "each")
            .build());

    private RunId start(VersionRef version, RunTerms terms) {
        var start = engine.starting(version, "{}");
        return engine.start(new Command.RunStart(
                start.run(),
                start.version(),
                start.input(),
                start.idempotencyKey(),
                start.digest(),
                start.priority(),
                start.metadata(),
                start.deadline(),
                start.follow(),
                terms));
    }

    private void answer(Decision decision) {
        engine.decisions(question -> {
            asked.add(question);
            return Optional.of(decision);
        });
    }

    private RunImage.TaskImage task(RunId run, int node, int element) {
        return engine.run(run).tasks().stream()
                .filter(task -> task.node() == node && task.element() == element)
                .findFirst()
                .orElseThrow();
    }

    private void recover(boolean projected) {
        if (projected) {
            engine.project();
        }
        engine.crashAndReconnect();
    }

    // ---- at the start ----

    @Test
    void whatTheStartDecidedIsNotAskedAgain() {
        answer(new Decision.Whole(HOLDS_NOT));
        engine.worker(5, plain);
        var run = start(plain, new RunTerms(HOLDS, Map.of(0, HOLDS)));
        assertThat(asked).isEmpty();
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run, 0, 0).terms()).isEqualTo(TERMS);
        assertThat(task(run, 1, 0).terms()).isEqualTo(Terms.NONE);
        assertThat(engine.run(run).terms().ofRun()).isEqualTo(TERMS);
    }

    @Test
    void aStepThatTheStartDecidedAgainstIsSkippedWhenItsTurnComes() {
        engine.worker(5, plain);
        var run = start(plain, new RunTerms(Verdict.PLAIN, Map.of(0, HOLDS_NOT)));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run, 0, 0).state()).isEqualTo(TaskState.SKIPPED);
    }

    @Test
    void aStepWhoseKeyCannotBeToldFailsWhenItsTurnComes() {
        engine.worker(5, plain);
        var run = start(plain, new RunTerms(Verdict.PLAIN, Map.of(1, UNKNOWN)));
        assertThat(task(run, 0, 0).state()).isEqualTo(TaskState.SUCCEEDED);
        var failure = engine.run(run).failure().orElseThrow();
        assertThat(failure.step()).isEqualTo("ship");
        assertThat(failure.cause().type()).isEqualTo(Failure.KEY_EXPRESSION_ERROR);
    }

    @Test
    void aRunWhoseOwnKeyCannotBeToldIsAcceptedAndFailsBeforeAnyStepBegins() {
        var worker = engine.worker(5, plain);
        var run = start(plain, new RunTerms(UNKNOWN, Map.of()));
        var image = engine.run(run);
        assertThat(image.state()).isEqualTo(RunState.FAILED);
        assertThat(image.failure().orElseThrow().step()).isEmpty();
        assertThat(image.failure().orElseThrow().cause().type()).isEqualTo(Failure.KEY_EXPRESSION_ERROR);
        assertThat(worker.assigned()).extracting(Effect.Assignment::step).containsExactly("alert");
        assertThat(task(run, 0, 0).state()).isEqualTo(TaskState.SKIPPED);
    }

    @Test
    void termsOutliveARecovery() {
        for (boolean projected : new boolean[] {false, true}) {
            var run = start(plain, new RunTerms(HOLDS, Map.of(0, HOLDS)));
            recover(projected);
            assertThat(engine.run(run).terms()).isEqualTo(new RunTerms(HOLDS, Map.of(0, HOLDS)));
            assertThat(task(run, 0, 0).terms()).isEqualTo(TERMS);
            assertThat(task(run, 0, 0).state()).isEqualTo(TaskState.QUEUED);
        }
    }

    @Test
    void aReplayHasTheTermsOfItsInput() {
        engine.worker(5, plain);
        var run = start(plain, new RunTerms(UNKNOWN, Map.of()));
        assertThat(engine.replay(run, new Command.ReplayFrom.Start())).isEqualTo(new Reply.RunReplayed(2));
        assertThat(engine.run(run).state()).as("nothing has changed").isEqualTo(RunState.FAILED);
        engine.ask(replyTo -> new Command.ReplayRun(
                replyTo,
                EngineHarness.TENANT,
                run,
                0,
                new Command.ReplayFrom.Start(),
                Optional.of(new Command.NewInput(
                        EngineHarness.payload("{\"region\":\"eu\"}"), new RunTerms(HOLDS, Map.of(0, HOLDS)))),
                "ada",
                "the region was missing"));
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(engine.run(run).terms().ofRun()).isEqualTo(TERMS);
    }

    // ---- elements ----

    @Test
    void oneQuestionIsAskedForAllElementsAndItHasTheirList() {
        answer(new Decision.Each(List.of(HOLDS, HOLDS_NOT, Verdict.PLAIN)));
        engine.worker(5, mapped).on("list", any -> value("[1,2,3]"));
        var run = engine.start(mapped);
        assertThat(asked).singleElement().satisfies(question -> {
            assertThat(question.elements()).isEqualTo(3);
            assertThat(question.arguments().get(0).values()).containsExactly(EngineHarness.payload("[1,2,3]"));
        });
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(List.of(
                        task(run, 1, 0).state(),
                        task(run, 1, 1).state(),
                        task(run, 1, 2).state()))
                .containsExactly(TaskState.SUCCEEDED, TaskState.SKIPPED, TaskState.SUCCEEDED);
        assertThat(task(run, 1, 0).terms()).isEqualTo(TERMS);
    }

    @Test
    void anElementThatCannotBeToldFailsAndItsSiblingsAreGivenUp() {
        answer(new Decision.Each(List.of(HOLDS, UNKNOWN, HOLDS)));
        var worker = engine.worker(5, mapped).on("list", any -> value("[1,2,3]"));
        var run = engine.start(mapped);
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(engine.run(run).failure().orElseThrow().cause().type()).isEqualTo(Failure.KEY_EXPRESSION_ERROR);
        assertThat(worker.assigned()).extracting(Effect.Assignment::step).containsExactly("list");
        assertThat(task(run, 1, 2).state()).isEqualTo(TaskState.CANCELLED);
    }

    @Test
    void aListAllOfWhoseElementsAreLeftOutIsEmpty() {
        answer(new Decision.Each(List.of(HOLDS_NOT, HOLDS_NOT)));
        var worker = engine.worker(5, mapped).on("list", any -> value("[1,2]"));
        var run = engine.start(mapped);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(worker.assigned()).extracting(Effect.Assignment::step).containsExactly("list", "join");
        assertThat(worker.assigned().get(1).arguments().get(0).values()).isEmpty();
    }

    @Test
    void aMappedStepThatIsNotToRunAtAllIsSkippedAsAWhole() {
        answer(new Decision.Whole(HOLDS_NOT));
        engine.worker(5, mapped).on("list", any -> value("[1,2]"));
        var run = engine.start(mapped);
        assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(run, 1, 0).neverBegan()).isTrue();
        assertThat(task(run, 2, 0).state()).isEqualTo(TaskState.SKIPPED);
    }

    @Test
    void aMappedStepWithoutElementsIsNotAskedAbout() {
        answer(new Decision.Whole(HOLDS_NOT));
        engine.worker(5, mapped).on("list", any -> value("[]"));
        var run = engine.start(mapped);
        assertThat(asked).isEmpty();
        assertThat(task(run, 2, 0).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void elementsThatWereLeftOutStaySoAfterARecovery() {
        answer(new Decision.Each(List.of(HOLDS, HOLDS_NOT)));
        engine.worker(1, mapped)
                .on("list", any -> value("[1,2]"))
                .on("each", any -> value("1", Duration.ofSeconds(30)));
        for (boolean projected : new boolean[] {false, true}) {
            var run = engine.start(mapped);
            assertThat(task(run, 1, 0).state()).isEqualTo(TaskState.RUNNING);
            recover(projected);
            assertThat(task(run, 1, 0).terms()).isEqualTo(TERMS);
            assertThat(task(run, 1, 1).state()).isEqualTo(TaskState.SKIPPED);
            engine.advance(Duration.ofSeconds(30));
            assertThat(engine.run(run).state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void answersForAnotherNumberOfElementsFailsTheStep() {
        answer(new Decision.Each(List.of(HOLDS)));
        engine.worker(5, mapped).on("list", any -> value("[1,2]"));
        var failure = engine.run(engine.start(mapped)).failure().orElseThrow();
        assertThat(failure.step()).isEqualTo("each");
        assertThat(failure.cause().message()).contains("2 tasks").contains("1 of them");
    }

    // ---- what terms may be ----

    @Test
    void termsThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> new Terms(List.of(), "", 0, List.of(), List.of()))
                .hasMessageContaining("weight");
        assertThatThrownBy(() -> new Terms(List.of(), "", Double.NaN, List.of(), List.of()))
                .hasMessageContaining("weight");
        assertThatThrownBy(() -> new Terms(List.of(), "", 1, List.of("a"), List.of()))
                .hasMessageContaining("1 keys");
        assertThatThrownBy(() -> new Terms(List.of(), "", 1, List.of("a"), List.of(0L)))
                .hasMessageContaining("at least 1");
        assertThatThrownBy(() -> new RunTerms(HOLDS_NOT, Map.of())).hasMessageContaining("no condition");
    }
}
