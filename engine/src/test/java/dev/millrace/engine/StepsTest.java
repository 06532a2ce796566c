package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.empty;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.harness.Values;
import dev.millrace.engine.harness.WorkflowBuilder;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a step runs, and with what: values, order, skipping, outcomes, mapped steps. */
class StepsTest {
    private final EngineHarness engine = new EngineHarness();
    private FakeWorker worker;
    private VersionRef version;

    private FakeWorker with(WorkflowBuilder workflow) {
        version = engine.define(workflow.build());
        worker = engine.worker(1_000, version);
        return worker;
    }

    private RunImage run() {
        return engine.run(engine.start(version));
    }

    private static TaskState state(RunImage run, int node) {
        return run.tasks().stream()
                .filter(task -> task.node() == node)
                .map(RunImage.TaskImage::state)
                .findFirst()
                .orElse(TaskState.PENDING);
    }

    @Test
    void anEmptyResultSkipsWhatNeedsItAndWhatNeedsThat() {
        with(workflow("w")
                        .step("maybe", step -> step.mayBeEmpty())
                        .step("needs", "maybe")
                        .step("further", "needs")
                        .step("other"))
                .on("maybe", any -> empty());
        var run = run();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(List.of(state(run, 0), state(run, 1), state(run, 2), state(run, 3)))
                .containsExactly(TaskState.SUCCEEDED, TaskState.SKIPPED, TaskState.SKIPPED, TaskState.SUCCEEDED);
    }

    @Test
    void anOptionalParameterAcceptsAnEmptyAndASkippedParent() {
        with(workflow("w")
                        .step("maybe", step -> step.mayBeEmpty())
                        .step("needs", "maybe")
                        .step("direct", step -> step.optional("maybe"))
                        .step("later", step -> step.optional("needs")))
                .on("maybe", any -> empty());
        var run = run();
        assertThat(state(run, 2)).isEqualTo(TaskState.SUCCEEDED);
        assertThat(state(run, 3)).isEqualTo(TaskState.SUCCEEDED);
        var later = assigned("later").arguments().get(0);
        assertThat(later.state()).isEqualTo(TaskState.SKIPPED);
        assertThat(later.values()).containsExactly(Payload.NONE);
    }

    @Test
    void aStepRunsAfterAnotherOnlyIfThatSucceeded() {
        with(workflow("w")
                        .step("maybe", step -> step.mayBeEmpty())
                        .step("needs", "maybe")
                        .step("afterEmpty", step -> step.after("maybe"))
                        .step("afterSkipped", step -> step.after("needs")))
                .on("maybe", any -> empty());
        var run = run();
        assertThat(state(run, 2)).as("it succeeded, if with nothing").isEqualTo(TaskState.SUCCEEDED);
        assertThat(state(run, 3)).isEqualTo(TaskState.SKIPPED);
    }

    @Test
    void whatTakesAnOutcomeRunsWhateverBecameOfItsParent() {
        with(workflow("w")
                        .step("fails")
                        .step("never", "fails")
                        .step("seesFailure", step -> step.outcome("fails"))
                        .step("seesSkip", step -> step.outcome("never")))
                .on("fails", any -> failure("Boom"));
        var run = run();
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(state(run, 1)).isEqualTo(TaskState.SKIPPED);
        assertThat(state(run, 2)).isEqualTo(TaskState.SUCCEEDED);
        assertThat(state(run, 3)).isEqualTo(TaskState.SUCCEEDED);
        var seen = assigned("seesFailure").arguments().get(0);
        assertThat(seen.state()).isEqualTo(TaskState.FAILED);
        assertThat(seen.failure().orElseThrow().type()).isEqualTo("Boom");
        assertThat(assigned("seesSkip").arguments().get(0).state()).isEqualTo(TaskState.SKIPPED);
    }

    @Test
    void whatNeedsTheOutcomeTakersValueDoesNotRunOnceTheRunFails() {
        with(workflow("w")
                        .step("fails")
                        .step("taker", step -> step.outcome("fails"))
                        .step("further", "taker"))
                .on("fails", any -> failure("Boom"));
        var run = run();
        assertThat(state(run, 1)).isEqualTo(TaskState.SUCCEEDED);
        assertThat(state(run, 2)).isEqualTo(TaskState.SKIPPED);
    }

    @Test
    void aMappedStepRunsOncePerElementAndIsJoinedInOrder() {
        with(workflow("w").step("list").step("each", step -> step.each("list")).step("join", "each"))
                .on("list", any -> value("[10,20,30]"))
                .on("each", task -> value(Values.json(task.arguments().get(0)) + "0"));
        var run = run();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(Values.json(assigned("join").arguments().get(0))).isEqualTo("[100,200,300]");
        assertThat(run.tasks()).extracting(RunImage.TaskImage::element).containsExactly(0, 0, 1, 2, 0);
    }

    @Test
    void aMappedStepOverNothingIsJoinedAtOnce() {
        with(workflow("w").step("list").step("each", step -> step.each("list")).step("join", "each"))
                .on("list", any -> value("[]"));
        var run = run();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(Values.json(assigned("join").arguments().get(0))).isEqualTo("[]");
    }

    @Test
    void stepsMappedOverEachOtherPassNothingOnForever() {
        var workflow = workflow("w").step("s0");
        for (int i = 1; i < 5_000; i++) {
            String parent = "s" + (i - 1);
            workflow.step("s" + i, step -> step.each(parent));
        }
        with(workflow).on("s0", any -> value("[]"));
        assertThat(run().state()).as("deep graphs need no deep stack").isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aResultThatIsNoListCannotBeTakenApart() {
        with(workflow("w").step("list").step("each", step -> step.each("list"))).on("list", any -> value("7"));
        var run = run();
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().cause().type()).isEqualTo(Failure.OUTPUT_INVALID);
    }

    @Test
    void aThousandElementsAreJoined() {
        var list = IntStream.range(0, 1_000).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
        with(workflow("w").step("list").step("each", step -> step.each("list")).step("join", "each"))
                .on("list", any -> value(list))
                .on("each", task -> value(Values.json(task.arguments().get(0))));
        assertThat(run().state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(Values.json(assigned("join").arguments().get(0))).isEqualTo(list);
    }

    @Test
    void aListOfTooManyElementsIsNotTakenApart() {
        var list = "[" + "1,".repeat(100_000) + "1]";
        with(workflow("w").step("list").step("each", step -> step.each("list"))).on("list", any -> value(list));
        var run = run();
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.failure().orElseThrow().cause().message()).contains("has 100001 elements and may have 100000");
        assertThat(run.tasks()).as("no task was made of any").hasSize(2);
    }

    @Test
    void oneFailedElementFailsTheRunAndTheOtherQueuedOnesAreGivenUp() {
        version = engine.define(workflow("w")
                .step("list")
                .step("each", step -> step.each("list"))
                .build());
        worker = engine.worker(2, version)
                .on("list", any -> value("[1,2,3,4]"))
                .on("each", task -> task.attempt().element() == 0 ? failure("Boom") : value("1"));
        var run = run();
        assertThat(run.state()).isEqualTo(RunState.FAILED);
        assertThat(run.tasks())
                .extracting(RunImage.TaskImage::state)
                .containsExactly(
                        TaskState.SUCCEEDED,
                        TaskState.FAILED,
                        TaskState.SUCCEEDED,
                        TaskState.CANCELLED,
                        TaskState.CANCELLED);
    }

    @Test
    void aThousandStepsInARowRun() {
        var workflow = workflow("w").step("s0");
        for (int i = 1; i < 1_000; i++) {
            workflow.step("s" + i, "s" + (i - 1));
        }
        with(workflow);
        var run = run();
        assertThat(run.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(run.tasks()).hasSize(1_000);
    }

    private Effect.Assignment assigned(String step) {
        return worker.assigned().stream()
                .filter(assignment -> assignment.step().equals(step))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aMappedStepThatHadNothingToDoIsDoneAlsoWhenItsRunFailsLaterAndIsRecovered() {
        with(workflow("w")
                        .step("none")
                        .step("each", step -> step.each("none"))
                        .step("fails", "each")
                        .step("sees", step -> step.outcome("each").outcome("fails")))
                .on("none", any -> value("[]"))
                .on("fails", any -> failure("Boom"))
                .on("sees", any -> value("1", Duration.ofSeconds(1)));
        var run = engine.start(version);
        engine.project();
        engine.crashAndReconnect();
        engine.advance(Duration.ofSeconds(1));
        assertThat(engine.run(run).state()).isEqualTo(RunState.FAILED);
        assertThat(state(engine.run(run), 3)).isEqualTo(TaskState.SUCCEEDED);
    }
}
